"""Bodies: each paragraph that states a figure or a date records its truth as it is written."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from samples.model import Block, BlockKind, Citation, Deadline, Target, padded, vn_date, vn_number
from samples.vocabulary import AIMS, COVERAGE, TASKS, Campaign


@dataclass
class Draft:
    """A body under construction together with what it says."""

    rng: random.Random
    campaign: Campaign
    issued: date
    body: str
    #: The least and the greatest total that an issuer of this level sets.
    scale: tuple[int, int] = (400, 9800)
    blocks: list[Block] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)

    def add(self, kind: BlockKind, text: str) -> None:
        self.blocks.append(Block(kind, text))

    def cite(self, citation: Citation) -> str:
        """The words in which a citation stands in the text."""
        self.citations.append(citation)
        comma = self.rng.choice(("", "", ","))
        party = citation.number.split("-")[0].isdigit()
        lead = f"{citation.doc_type} số {citation.number}"
        if citation.issued:
            lead += f"{',' if party else comma} ngày {vn_date(citation.issued)}"
        return f"{lead} của {citation.issuer}"

    def later(self, low: int, high: int) -> date:
        return self.issued + timedelta(days=self.rng.randint(low, high))

    # figures

    def quota(self) -> None:
        """A total and, half of the time, its two phases, which add up."""
        total = self.rng.randrange(*self.scale)
        unit = self.campaign.unit
        text = f"chỉ tiêu {vn_number(total)} {unit}"
        parent = len(self.targets)
        self.targets.append(Target("quota", text, total, "=", unit))
        words = f"{self.body} phấn đấu hoàn thành {text}"
        if self.rng.random() < 0.6:
            first = self.rng.randrange(total // 3, total // 2)
            end1, end2 = self.later(40, 90), self.later(200, 420)
            one = f"giai đoạn 1 đến hết ngày {vn_date(end1)} là {padded(first)} {unit}"
            start2 = end1 + timedelta(days=1)
            span = f"từ ngày {vn_date(start2)} đến ngày {vn_date(end2)}"
            two = f"giai đoạn 2 {span} là {padded(total - first)} {unit}"
            self.targets.append(Target("quota", one, first, "=", unit, parent))
            self.targets.append(Target("quota", two, total - first, "=", unit, parent))
            self.deadlines.append(Deadline(f"đến hết ngày {vn_date(end1)}", end1.isoformat(), "by"))
            interval = f"{start2.isoformat()}/{end2.isoformat()}"
            self.deadlines.append(Deadline(span, interval, "within"))
            words += f", trong đó: {one}, {two}"
        self.add("para", words + ".")

    def coverage(self, count: int) -> None:
        for words in self.rng.sample(COVERAGE, count):
            share = self.rng.choice((100, 100, 100, 95, 90, 85, 80))
            form = self.rng.choice(("plain", "at_least", "over")) if share < 100 else "plain"
            if form == "at_least":
                text, comparator = f"Có từ {share}% trở lên {words}", ">="
            elif form == "over":
                text, comparator = f"Trên {share}% {words}", ">"
            else:
                text, comparator = f"{share}% {words}", "="
            self.targets.append(Target("coverage", text, share, comparator, "%"))
            self.add("item", text + ".")

    def per_unit(self) -> None:
        minimum = self.rng.randint(1, 12)
        word = self.rng.choice(("ít nhất", "tối thiểu"))
        text = f"Mỗi công đoàn cơ sở có {word} {padded(minimum)} {self.campaign.unit}"
        self.targets.append(Target("per_unit", text, minimum, ">=", self.campaign.unit))
        self.add("item", text + " được cấp có thẩm quyền công nhận.")

    def result(self) -> None:
        """So many done, so many per cent of the quota: the figures agree to one decimal."""
        goal = self.rng.randrange(*self.scale)
        done = self.rng.randrange(goal // 4, int(goal * 1.6))
        percent = round(done * 100 / goal, 1)
        unit = self.campaign.unit
        count = f"đã có {padded(done)} {unit}"
        share = f"đạt {vn_number(percent)}% chỉ tiêu"
        day = self.issued - timedelta(days=self.rng.randint(1, 12))
        self.targets.append(Target("result", count, done, "=", unit))
        self.targets.append(Target("result", share, percent, "=", "%"))
        quota = f"chỉ tiêu được giao là {vn_number(goal)} {unit}"
        self.targets.append(Target("quota", quota, goal, "=", unit))
        self.add(
            "para",
            f"Tính đến ngày {vn_date(day)}, toàn đơn vị {count} được ghi nhận, {share} "
            f"({quota}). Tuy nhiên, một số công đoàn cơ sở triển khai còn chậm, chưa sát với tình "
            f"hình thực tế, kết quả chưa tương xứng với tiềm năng của đoàn viên, người lao động.",
        )

    def aspiration(self) -> None:
        text = "phấn đấu hoàn thành vượt mức chỉ tiêu được giao"
        self.targets.append(Target("aspiration", text, None, ">", None))
        self.add("para", f"{self.body} kêu gọi đoàn viên, người lao động trong đơn vị {text}.")

    # dates

    def due(self, action: str, receiver: str) -> None:
        """A report that is due, in one of the ways offices say it."""
        day = self.later(10, 120)
        form = self.rng.randrange(5)
        if form == 0:
            due = Deadline(f"trước ngày {vn_date(day)}", day.isoformat(), "before")
        elif form == 1:
            due = Deadline(f"chậm nhất ngày {vn_date(day)}", day.isoformat(), "by")
        elif form == 2:
            due = Deadline(
                f"từ nay đến hết ngày {vn_date(day)}",
                f"{self.issued.isoformat()}/{day.isoformat()}",
                "within",
            )
        elif form == 3:
            n = self.rng.choice((15, 18, 20, 25))
            due = Deadline(
                f"trước ngày {n} hằng tháng", None, "before", f"FREQ=MONTHLY;BYMONTHDAY={n}"
            )
        else:
            month = f"{day.year}-{day.month:02d}"
            padded_month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
            due = Deadline(f"trong tháng {padded_month}/{day.year}", month, "within")
        self.deadlines.append(due)
        self.add("para", f"{action} {receiver} {due.text} để tổng hợp, theo dõi.")

    def term(self) -> None:
        start, end = self.later(3, 25), self.later(90, 400)
        text = f"từ ngày {vn_date(start)} đến ngày {vn_date(end)}"
        self.deadlines.append(Deadline(text, f"{start.isoformat()}/{end.isoformat()}", "within"))
        self.add("para", f"Thời gian thực hiện: {text}.")

    # prose

    def tasks(self, count: int, numbered: bool) -> None:
        chosen = self.rng.sample(TASKS, count)
        for index, task in enumerate(chosen, 1):
            text = task.format(name=self.campaign.name, deed=self.campaign.deed)
            self.add("para" if numbered else "item", f"{index}. {text}" if numbered else text)

    def aims(self, count: int) -> None:
        for text in self.rng.sample(AIMS, count):
            self.add("item", text)
