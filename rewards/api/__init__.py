from ninja import Router

from rewards.api import catalogue, contests, coupons, credit, rewards

router = Router(tags=["rewards"])
router.add_router("", rewards.router)
router.add_router("", credit.router)
router.add_router("", coupons.router)
router.add_router("", contests.router)
router.add_router("", catalogue.router)
