"""/ledger: filters, columns, views, orders, exports."""
