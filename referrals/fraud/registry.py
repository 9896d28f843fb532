from config.lib.registry import Registry
from referrals.fraud.alias_address import ALIAS_ADDRESS
from referrals.fraud.disposable_address import DISPOSABLE_ADDRESS
from referrals.fraud.one_person import ONE_PERSON
from referrals.fraud.rule import FraudRule
from referrals.fraud.same_connection import SAME_CONNECTION
from referrals.fraud.same_device import SAME_DEVICE
from referrals.fraud.velocity import VELOCITY

FRAUD_RULES: Registry[FraudRule] = Registry("fraud rule")

for rule in (DISPOSABLE_ADDRESS, ALIAS_ADDRESS, SAME_DEVICE, SAME_CONNECTION, VELOCITY, ONE_PERSON):
    FRAUD_RULES.register(rule.name, rule)
