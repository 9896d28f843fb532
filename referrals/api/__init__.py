from ninja import Router

from referrals.api import claims, events, referrals

router = Router()
router.add_router("", referrals.router)
router.add_router("", events.router)
router.add_router("", claims.router)
