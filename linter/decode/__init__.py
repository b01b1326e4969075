"""Text inside text: how to see that there is some, and what it says.

`promises` are patterns that tell where text stands that is written in another way, `search` finds them where no engine
does, and `texts` reads what stands there. UTF-16 and UTF-32, in which whole contents are written, are told by
`encoding_of`.
"""

from __future__ import annotations

from linter.decode.encoded import Encoded
from linter.decode.promises import Kind, Promise, promises, search
from linter.decode.texts import texts
from linter.decode.wide import SAMPLE, encoding_of

__all__ = ["SAMPLE", "Encoded", "Kind", "Promise", "encoding_of", "promises", "search", "texts"]
