"""Documents as PDF: typeset by Typst from a template and facts, the same bytes for the same facts."""
