from ninja import Router

from rewards.api import coupons, credit, rewards

router = Router(tags=["rewards"])
router.add_router("", rewards.router)
router.add_router("", credit.router)
router.add_router("", coupons.router)
