"""批次: several items from one paper (会议纪要), drafted, signed, numbered and handed out together
(一单多项, SPEC §8.2)."""
