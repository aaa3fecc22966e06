"""Printed sheets: what stands on them (`sheets`), and PDF from that (`render`). 附件 1–3."""
