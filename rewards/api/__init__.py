from ninja import Router

from rewards.api import rewards

router = Router(tags=["rewards"])
router.add_router("", rewards.router)
