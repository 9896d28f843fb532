"""Which trials there are and where each is held. Imports nothing, so that the runner can choose a database first."""

PLACES: dict[str, tuple[str, ...]] = {
    "illegal-sql": ("postgresql", "sqlite"),
    "no-eta": ("sqlite",),
    "prefetch": ("postgresql", "sqlite"),
    "budget": ("postgresql",),
    "races": ("postgresql",),
    "mail-kill": ("postgresql",),
    "redis-hang": ("postgresql",),
    "ledger": ("sqlite",),
}
