"""Prose in the style of such reports, with figures in its sentences."""

from __future__ import annotations

import random

from .bodies import Body
from .model import Para

_OPEN = (
    "{year}年，{name}坚持以习近平新时代中国特色社会主义思想为指导，认真贯彻落实《中华人民共和国政府信息公开条例》"
    "（以下简称《条例》），紧扣{field}中心工作，把公开透明作为基本要求，不断提高工作质量。",
    "{year}年，在上级主管部门的有力指导下，{name}深入学习党的二十大精神，围绕群众关心的{t0}、{t1}等事项，"
    "持续做好政府信息公开各项工作，主动接受社会监督。",
    "{year}年度，{short}认真执行《条例》各项规定，以公开促落实、促规范、促服务，"
    "较好地完成了年度政府信息公开任务。",
)
_DISCLOSED = (
    "全年通过政府门户网站公开政府信息{total}条，其中政策文件{a}条、工作动态{b}条、公示公告{c}条、{t0}类信息{d}条；"
    "通过政务微信公众号发布信息{wechat}条，累计阅读量{reads}万余次。",
    "本年度主动公开政府信息{total}条，包括文件类{a}条、动态类{b}条、通知公告类{c}条、其他信息{d}条。"
    "政务新媒体推送稿件{wechat}篇（条），比上年增加{up}%。",
    "全年累计主动公开各类信息{total}条。按内容分，{t0}信息{a}条，{t1}信息{b}条，{t2}信息{c}条，其他{d}条。"
    "制作图解、视频等政策解读材料{e}份，回应公众留言{f}条。",
)
_REQUESTS = (
    "全年共收到政府信息公开申请{received}件，上年结转{carried}件，办结{done}件，结转下年度{left}件，"
    "均在法定期限内答复。其中当面申请{p1}件、信函申请{p2}件、网络申请{p3}件。",
    "进一步规范登记、审核、办理、答复、归档全流程。{year}年新收政府信息公开申请{received}件，"
    "连同上年结转的{carried}件，共办理{done}件，另有{left}件按规定结转下一年度继续办理。",
)
_NO_REQUESTS = (
    "不断完善依申请公开办理制度，畅通受理渠道。{year}年未收到政府信息公开申请。",
    "{year}年，{short}未收到公民、法人或者其他组织提出的政府信息公开申请，也未发生因此引起的投诉。",
)
_MANAGE = (
    "严格落实信息发布“三审三校”制度，坚持先审查后公开、一事一审。全年开展信息内容排查{n0}次，整改错敏信息{n1}处，"
    "清理失效链接{n2}个，动态调整主动公开目录{n3}项。",
    "明确信息采集、编辑、审核、发布各环节责任，做到内容准确、表述规范。对历年文件进行集中清理，"
    "公布继续有效文件目录{n0}期，规范调整栏目{n1}个，补录信息{n2}条。",
)
_PLATFORM = (
    "优化门户网站专栏设置，新增{t2}专题专栏，调整完善栏目{n0}个。现有政务微博、微信公众号等新媒体账号{n1}个，"
    "关停长期不更新账号{n3}个，全年网站访问量{reads}万余次。",
    "加强政府网站与政务新媒体的协同联动，做好政务公开专区建设，在便民服务中心设置查阅点{n0}处，"
    "为群众提供查询、打印服务{n2}人次。",
)
_ASSURE = (
    "调整充实政府信息公开工作领导小组，明确{n3}名专（兼）职工作人员。全年召开专题会议{n3}次，"
    "举办业务培训{n0}期，培训{n2}人次。全年未发生政府信息公开责任追究情况。",
    "将政府信息公开工作纳入年度考核，每季度通报一次，主动邀请社会各界开展评议{n0}次，收集意见建议{n1}条，"
    "均已逐条研究落实。本年度没有发生责任追究事项。",
)
_PROBLEMS = (
    "{year}年，{short}政府信息公开工作取得了一定成效，但对照群众期盼仍有差距：一是政策解读形式还比较单一，"
    "图文、视频解读占比不高；二是部分单位公开信息不够及时；三是工作人员业务能力有待加强。"
    "下一步将重点做好以下工作：一是丰富解读方式，多用群众听得懂的语言说清政策；二是健全督办机制，"
    "每月检查一次，及时通报；三是加大培训力度，确保各项要求落到实处。",
    "存在的主要问题：主动公开的广度和深度还不够，{t0}领域信息更新不够均衡，依申请公开答复的规范性仍需提高。"
    "改进情况：针对上年报告指出的问题，已组织专题培训{n0}次，修订工作制度{n3}项。"
    "下一年将继续细化公开目录，提升答复文书质量，推动基层公开标准化规范化。",
)
_FEE = (
    "{year}年，{short}严格执行《政府信息公开信息处理费管理办法》，全年收取信息处理费0元。",
    "按照《国务院办公厅关于印发〈政府信息公开信息处理费管理办法〉的通知》要求，本年度未产生信息处理费。",
    "{year}年未收取信息处理费。无其他需要报告的事项。",
)
_INTRO = (
    "根据《中华人民共和国政府信息公开条例》和上级有关要求，编制{name}{year}年政府信息公开工作年度报告。"
    "本报告所列数据的统计期限自{year}年1月1日起，至{year}年12月31日止。",
    "本报告由{name}依据《中华人民共和国政府信息公开条例》第五十条的规定编制，全文包括总体情况、主动公开政府信息情况、"
    "收到和处理政府信息公开申请情况、政府信息公开行政复议行政诉讼情况、存在的主要问题及改进情况、"
    "其他需要报告的事项等六个部分。",
    "现将{name}{year}年度政府信息公开工作情况报告如下。",
)
_LEADS = ("主动公开情况", "依申请公开情况", "政府信息管理情况", "平台建设情况", "监督保障情况")


class Prose:
    """The sentences of one report, which all use the same figures."""

    def __init__(self, rng: random.Random, body: Body, year: int, requests: dict[str, int]) -> None:
        self.rng = rng
        parts = [rng.randint(2, 400) for _ in range(4)]
        channels = self._request_channels(requests["received"])
        self.figures: dict[str, object] = {
            "year": year,
            "name": body.name,
            "short": body.short,
            "field": body.field,
            **{f"t{i}": topic for i, topic in enumerate(body.topics)},
            "total": sum(parts),
            **dict(zip("abcd", parts, strict=True)),
            "e": rng.randint(2, 48),
            "f": rng.randint(3, 320),
            "wechat": rng.randint(40, 1900),
            "reads": rng.randint(2, 380) / 10,
            "up": rng.randint(21, 390) / 10,
            **requests,
            **{f"p{i + 1}": count for i, count in enumerate(channels)},
            "n0": rng.randint(2, 9),
            "n1": rng.randint(3, 38),
            "n2": rng.randint(20, 260),
            "n3": rng.randint(2, 5),
        }

    def _request_channels(self, received: int) -> tuple[int, int, int]:
        """Split the received requests into three channels."""
        first = self.rng.randint(0, received)
        second = self.rng.randint(0, received - first)
        return first, second, received - first - second

    def sentence(self, choices: tuple[str, ...]) -> str:
        """Fill the figures into one of several sentences."""
        return self.rng.choice(choices).format(**self.figures)

    def intro(self) -> list[Para]:
        return [Para(self.sentence(_INTRO))]

    def section_one(self, brief: bool = False) -> list[Para]:
        no_requests = not self.figures["received"] and not self.figures["carried"]
        texts = [
            self.sentence(_DISCLOSED),
            self.sentence(_NO_REQUESTS if no_requests else _REQUESTS),
            self.sentence(_MANAGE),
            self.sentence(_PLATFORM),
            self.sentence(_ASSURE),
        ]
        if brief:
            return [Para(texts[0]), Para(texts[1])]
        out = [Para(self.sentence(_OPEN))]
        for ordinal, lead, text in zip("一二三四五", _LEADS, texts, strict=True):
            lead_text = f"（{ordinal}）{lead}。"
            out.append(Para(lead_text + text, lead=len(lead_text)))
        return out

    def section_five(self) -> list[Para]:
        return [Para(self.sentence(_PROBLEMS))]

    def section_six(self) -> list[Para]:
        return [Para(self.sentence(_FEE))]
