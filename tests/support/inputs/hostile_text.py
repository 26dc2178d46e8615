"""Text that means to do harm where it is shown."""

from __future__ import annotations

from hypothesis import strategies as st

HOSTILE = [
    "@everyone @here <@1> <@&2> <#3> </ask:4>", "[click](https://evil.example)", "https://evil.example/x",
    "||spoiler||", "**bold** __u__ ~~s~~ `code` ```block```", "> quote", ">>> quote", "# header", "-# small",
    "- list", "+ list", "1. list", "12) list", "<:smile:5> <a:wave:6>", "<t:1700000000:R>", "discord.gg/abc",
    "discord.com/invite/abc", "\\", "\\*", "a\u202eb\u200bc\u00ad", "two\n\nlines\r\n\tand\u2028more", "steam://run/1",
]  # fmt: skip
anything = st.one_of(
    st.text(), st.sampled_from(HOSTILE), st.text(alphabet="\\*_~`|<>[]()@#:/.-+ \n1a", max_size=60), st.just("_" * 5000)
)
