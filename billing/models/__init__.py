from billing.models.acceptance import Acceptance
from billing.models.charge import Charge
from billing.models.invoice_details import InvoiceDetails
from billing.models.price import Price

__all__ = ["Acceptance", "Charge", "InvoiceDetails", "Price"]
