"""A process of its own: a PDF on its input, one page of it on its output as a picture, or, asked
for page 0, how many pages it has.

Nothing of the portal is loaded, and the process takes no more than its share of time and memory.
"""

from __future__ import annotations

import sys

SECONDS, BYTES = 10, 1536 * 1024 * 1024
WIDTH = 1000  # pixels: sharp on a telephone of 390 points
LONGEST = 3000  # pixels of height, of a page as narrow as a strip
QUALITY = 78


def main() -> None:
    """Write the picture or the number; a PDF that is none ends it with an error."""
    _confine()
    import pypdfium2

    number = int(sys.argv[1])
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    if number == 0:
        sys.stdout.write(str(len(document)))
        return
    page = document[number - 1]
    width, height = page.get_size()
    scale = min(WIDTH / width, LONGEST / height)
    drawn = page.render(scale=scale).to_pil().convert("RGB")
    drawn.save(sys.stdout.buffer, "JPEG", quality=QUALITY, optimize=True)


def _confine() -> None:
    try:
        import resource
    except ImportError:  # only Unix has it; elsewhere the caller's timeout holds alone
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
