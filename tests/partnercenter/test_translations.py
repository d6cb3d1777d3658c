"""The Japanese catalogue is whole, and both of its files say the same."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tests.partnercenter import strings

CATALOGUE = Path(settings.BASE_DIR, "partnercenter", "locale", "ja", "LC_MESSAGES")
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")
TAG = re.compile(r"</?\w+[^>]*>")

# What Partner Center itself says.
TERMS = {
    "Access control (IAM)": "アクセス制御 (IAM)",
    "Account": "アカウント",
    "Action": "アクション",
    "Actions": "アクション",
    "Activity log": "アクティビティ ログ",
    "Admin agent": "管理エージェント",
    "Affected customer": "影響を受ける顧客",
    "Allow customer to purchase": "顧客の購入を許可する",
    "Azure Global": "Azure グローバル",
    "Azure plan": "Azure プラン",
    "Azure portal": "Azure portal",
    "Azure reservations": "Azure の予約",
    "Azure savings plan": "Azure 節約プラン",
    "Bill-to": "請求先",
    "Buy": "購入",
    "Cancel": "キャンセル",
    "Company name": "会社名",
    "Create Customer Purchase Permissions": "顧客購入アクセス許可の作成",
    "Credit": "クレジット",
    "Customer permissions": "顧客のアクセス許可",
    "Customers": "顧客",
    "Date-Time (UTC)": "日時 (UTC)",
    "Delete Customer Purchase Permissions": "顧客購入アクセス許可の削除",
    "Done": "完了",
    "Early termination fee": "中途解約料金",
    "Exchange": "交換",
    "From": "開始",
    "Helpdesk agent": "ヘルプデスク エージェント",
    "License-based": "ライセンスベース",
    "Manage": "管理",
    "Microsoft ID": "Microsoft ID",
    "Off": "オフ",
    "On": "オン",
    "Order history": "注文履歴",
    "Overview": "概要",
    "Owner": "所有者",
    "Partner user": "パートナー ユーザー",
    "Primary domain name": "プライマリ ドメイン名",
    "Quantity": "数量",
    "Refund": "払い戻し",
    "Relationship": "関係",
    "Renew": "更新",
    "Review": "確認",
    "Sales agent": "販売エージェント",
    "Scope": "スコープ",
    "Settings": "設定",
    "Shared": "共有",
    "Single subscription": "単一サブスクリプション",
    "Status": "状態",
    "Submit": "送信",
    "Subscription ID": "サブスクリプション ID",
    "Subscriptions": "サブスクリプション",
    "To": "終了",
    "Update": "更新",
    "Usage-based": "使用量ベース",
}


@pytest.fixture(scope="module")
def po() -> polib.POFile:
    file: polib.POFile = polib.pofile(str(CATALOGUE / "django.po"))
    return file


def said(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def test_every_string_of_the_program_stands_in_the_catalogue(po: polib.POFile) -> None:
    known = {text for entry in po for text in (entry.msgid, entry.msgid_plural)}
    assert sorted(strings.of_the_program() - known) == []


def test_the_catalogue_holds_nothing_that_the_program_no_longer_says(po: polib.POFile) -> None:
    assert sorted({entry.msgid for entry in po} - strings.of_the_program()) == []


def test_no_string_is_left_untranslated(po: polib.POFile) -> None:
    unfinished = [entry.msgid for entry in po if entry.fuzzy or not all(said(entry))]
    assert unfinished == []


def test_every_translation_keeps_its_placeholders_and_links(po: polib.POFile) -> None:
    for entry in po:
        for text in said(entry):
            wanted = entry.msgid_plural or entry.msgid
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(wanted)), text
            assert sorted(TAG.findall(text)) == sorted(TAG.findall(wanted)), text


def test_the_file_that_the_program_reads_says_what_the_translators_wrote(po: polib.POFile) -> None:
    mo = polib.mofile(str(CATALOGUE / "django.mo"))
    assert {entry.msgid: said(entry) for entry in mo} == {entry.msgid: said(entry) for entry in po}


@pytest.mark.parametrize("english", TERMS)
def test_the_terms_are_those_of_partner_center(po: polib.POFile, english: str) -> None:
    entry = po.find(english)
    assert entry
    assert said(entry) == [TERMS[english]]
