"""A file that is not taken, with the sentence for the person."""

from __future__ import annotations

DAMAGED = "文件已损坏或不完整，请重新导出后上传。"
ENCRYPTED = "文件已加密，无法核对内容，请解除密码后重新上传。"


class FileRefused(ValueError):
    """`str()` says what is wrong and what to do next."""
