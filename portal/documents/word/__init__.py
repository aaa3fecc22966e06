"""Word copies of documents that the office goes on editing in WPS (SPEC §8.13).

From the same data as the PDF, with the typefaces by their official names, which the office's
machines have. A copy bears no control code: whoever edits it makes another paper. The same data
give the same bytes. `saving` writes the file, `styles` sets page and styles, `parts` the pieces of
text; `gongwen` and `notice` are the documents, `copies` says which documents have one.
"""
