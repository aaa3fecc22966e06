"""公文 style (GB/T 9704, SPEC §5.10): documents of flowing text as data, and their PDF.

`content` says what a 公文 is made of and `outline` numbers its headings, `titles` breaks its
title, `places` says where a signature stands: plain Python, for the PDF (`flow`, `pages`) and for
Word (`portal.documents.word`) alike. `feedback`, `term_report`, `circular` and `rectification`
word one kind of document each.
"""
