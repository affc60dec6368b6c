"""Data for mini programs: it decrypts, and the computed vectors come out."""

import json
from base64 import b64decode, b64encode

import pytest
from wechatpy.crypto import WeChatWxaCrypto
from wechatpy.utils import check_wxa_signature

from wxauth.sandbox.open_data import sealed, signature, written

KEY, IV = "tiihtNczf5v6AKRyjwEUhQ==", "r7BXXKkLb8qrSNn05n0qiA=="
SAMPLE = (
    "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4lGOET"
    "KUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInNlxuacJXw"
    "u0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/r7Z6xNrXd2UI"
    "eorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7XjfhQlVsAJdNiKdYmYV"
    "oKlaRv85IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew=="
)
"""The sample of WeChat's documentation, https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html"""
BAND = {
    "nickName": "Band",
    "gender": 1,
    "language": "zh_CN",
    "city": "Guangzhou",
    "province": "Guangdong",
    "country": "CN",
}


def test_wechats_own_sample_is_what_the_sandbox_makes_of_the_same_fields():
    fields = {
        "openId": "oGZUI0egBJY1zhBYw2KhdUfwVJJE",
        **BAND,
        "avatarUrl": "http://wx.qlogo.cn/mmopen/vi_32/aSKcBBPpibyKNicHNTMM0qJVh8Kjgiak2AHWr8MHM4WgMEm7GFhsf8OYrySdbvAMvTsw3"
        "mo8ibKicsnfN5pRjl1p8HQ/0",
        "unionId": "ocMvos6NjeKLIBqg5Mr9QjxrP1FA",
        "watermark": {"timestamp": 1477314187, "appid": "wx4f4bc4dec97d474b"},
    }
    assert sealed(fields, session_key=KEY, iv=IV).encrypted_data == SAMPLE


def test_the_signature_of_raw_data_is_the_computed_one():
    raw_data = written(
        BAND
        | {
            "avatarUrl": "http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycA"
            "jAtpujxyzYsrztuuICqIM5ibXQ/0"
        }
    )
    made = signature(raw_data, "HyVFkGl5F5OQWJZZaNzBBg==")
    assert made == "75e81ceda165f4ffa64f4068af58c64b8f54b88c"
    check_wxa_signature("HyVFkGl5F5OQWJZZaNzBBg==", raw_data, made)


@pytest.mark.parametrize("length", range(33))
def test_any_length_is_padded_so_that_an_independent_client_reads_it(length):
    fields = {"nickName": "安" * length + "🎉", "watermark": {"timestamp": 1, "appid": "wx5a4db00000000003"}}
    made = sealed(fields, session_key=KEY, iv=IV)
    assert made.iv == IV
    assert len(b64decode(made.encrypted_data)) % 16 == 0
    assert WeChatWxaCrypto(KEY, made.iv, "wx5a4db00000000003").decrypt_message(made.encrypted_data) == fields


def test_another_key_reads_nothing():
    made = sealed({"watermark": {"appid": "wx5a4db00000000003"}}, session_key=KEY, iv=IV)
    other = b64encode(bytes(16)).decode()
    with pytest.raises((ValueError, UnicodeDecodeError)):
        WeChatWxaCrypto(other, IV, "wx5a4db00000000003").decrypt_message(made.encrypted_data)


def test_text_is_written_without_spaces_and_with_raw_chinese():
    assert written({"a": "微信/用户", "b": [1]}) == '{"a":"微信/用户","b":[1]}'
    assert json.loads(written({"a": 1})) == {"a": 1}
