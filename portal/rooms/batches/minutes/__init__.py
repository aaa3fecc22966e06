"""Reading 会议纪要: words in, proposals out (SPEC §8.2). Plain functions that know no database."""
