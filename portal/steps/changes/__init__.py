"""作废、调整承办单位、调整事项要素、恢复督办: changes of a filed item by consent.

第八、十六（六）、十九条.
"""
