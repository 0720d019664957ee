from billing.models.charge import Charge
from billing.models.price import Price

__all__ = ["Charge", "Price"]
