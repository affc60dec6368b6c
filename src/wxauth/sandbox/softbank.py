"""Emoji as the code points that SoftBank gave them before Unicode did.

https://www.unicode.org/Public/UNIDATA/EmojiSources.txt
"""

from __future__ import annotations

# fmt: off
RUNS = {
    0xE001: (
        "👦👧💋👨👩👕👟📷☎📱📠💻👊👍☝✊✌✋🎿⛳🎾⚾🏄⚽🐟🐴🚗⛵✈🚃🚅❓❗❤💔🕐🕑🕒🕓🕔"
        "🕕🕖🕗🕘🕙🕚🕛🌸🔱🌹🎄💍💎🏠⛪🏢🚉⛽🗻🎤🎥🎵🔑🎷🎸🎺🍴🍸☕🍰🍺⛄☁☀☔🌙🌄👼🐱🐯"
        "🐻🐶🐭🐳🐧😊😃😞😠💩"
    ),
    0xE101: (
        "📫📮📩📲😜😍😱😓🐵🐙🐷👽🚀👑💡🍀💏🎁🔫🔍🏃🔨🎆🍁🍂👿👻💀🔥💼💺🍔⛲⛺♨🎡🎫💿📀📻"
        "📼📺👾〽🀄🆚💰🎯🏆🏁🎰🐎🚤🚲🚧🚹🚺🚼💉💤⚡👠🛀🚽🔊📢🎌🔒🔓🌆🍳📖💱💹📡💪🏦🚥🅿🚏"
        "🚻👮🏣🏧🏥🏪🏫🏨🚌🚕"
    ),
    0xE301: (
        "📝👔🌺🌷🌻💐🌴🌵🚾🎧🍶🍻㊗🚬💊🎈💣🎉✂🎀㊙💽📣👒👗👡👢💄💅💆💇💈👘👙👜🎬🔔🎶💓💗"
        "💘💙💚💛💜✨⭐💨💦⭕❌💢🌟❔❕🍵🍞🍦🍟🍡🍘🍚🍝🍜🍛🍙🍢🍣🍎🍊🍓🍉🍅🍆🎂🍱🍲"
    ),
    0xE401: (
        "😥😏😔😁😉😣😖😪😝😌😨😷😳😒😰😲😭😂😢☺😄😡😚😘👀👃👂👄🙏👋👏👌👎👐🙅🙆💑🙇🙌👫"
        "👯🏀🏈🎱🏊🚙🚚🚒🚑🚓🎢🚇🚄🎍💝🎎🎓🎒🎏🌂💒🌊🍧🎇🐚🎐🌀🌾🎃🎑🍃🎅🌅🌇🌃🌈"
    ),
}
# fmt: on
"""First code point of a run -> its emoji in order: of the six runs those that show things and people."""

VARIATION_SELECTOR = "\ufe0f"
"""Asks for the coloured form; SoftBank had no other."""

_TABLE = str.maketrans(
    {emoji: chr(first + place) for first, run in RUNS.items() for place, emoji in enumerate(run)}
    | {VARIATION_SELECTOR: ""}
)


def with_softbank_emoji(text: str) -> str:
    """A text as a phone of 2010 would have written it; emoji that SoftBank did not have stay as they are."""
    return text.translate(_TABLE)
