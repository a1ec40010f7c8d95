"""Prose in Chinese, as far as it is read: its punctuation, which ends sentences, and the words that say how a formula
is meant, in English. All else stays as it is. (Patterns for words are written for English only.)"""

from __future__ import annotations

import re

_SIGNS = {
    "。": ". ", "．": ". ", "！": "! ", "？": "? ", "；": "; ", "：": ": ", "，": ", ", "、": ", ",
    "（": " (", "）": ") ", "“": '"', "”": '"',
}  # fmt: skip
_WORDS = {
    # words with a part that would say something else
    "当前": "current", "当然": "certainly", "相当": "quite", "适当": "suitable", "应当": "should", "若干": "several",
    "设置": "set", "设计": "design",
    "命令": "command", "记录": "record", "标记": "mark", "记忆": "memory",
    "进行": "do", "运行": "run", "执行": "run", "系列": "series", "序列": "sequence", "下列": "following",
    "不同": "different", "不断": "steadily", "不等式": "inequality", "是否": "whether", "为了": "for",
    "因为": "because",
    "认为": "think", "作为": "as", "成为": "become", "目标函数": "objective function", "损失函数": "loss function",
    # conditions
    "当且仅当": "if and only if", "当": "when", "如果": "if", "若": "if", "假如": "if", "一旦": "once",
    "否则": "otherwise",
    "除非": "unless", "只要": "as long as", "假设": "suppose", "假定": "suppose", "例如": "for example",
    "比如": "for example", "特别地": "in particular", "一般地": "in general", "情况": "case", "情形": "case",
    # definitions
    "设": "let", "令": "let", "定义": "define", "其中": "where", "这里": "here",
    "分别": "respectively", "代入": "substituting",
    # which ones
    "对于": "for", "任意": "any", "任何": "any", "所有": "all", "每个": "every", "每一个": "every", "某个": "some",
    # negations and dependences
    "不是": "is not", "不": "not", "没有": "no", "无关": "independent", "依赖": "depends", "取决": "depends",
    "关于": "of",
    "忽略": "ignore", "近似": "approximately", "固定": "fixed", "已知": "known", "给定": "given", "未知": "unknown",
    # what quantities are
    "是": "is", "为": "is", "常数": "constant", "常量": "constant", "标量": "scalar", "向量": "vector",
    "矩阵": "matrix",
    "张量": "tensor", "函数": "function", "对称": "symmetric", "正交": "orthogonal", "可逆": "invertible",
    "对角": "diagonal", "单位矩阵": "identity matrix", "输入": "input", "输出": "output", "权重": "weight",
    "权值": "weight", "参数": "parameter", "系数": "coefficient", "偏置": "bias", "样本": "sample", "标签": "label",
    "目标": "target", "真实": "true", "特征": "feature", "数据": "data", "学习率": "learning rate",
    "步长": "step size",
    "维度": "dimension", "大小": "size", "个数": "number", "激活": "activation", "预测": "predicted", "损失": "loss",
    "误差": "error", "梯度": "gradient", "导数": "derivative", "概率": "probability", "均值": "mean",
    "方差": "variance",
    "元素": "entry", "第": "the", "行": "row", "列": "column",
}  # fmt: skip
_CHINESE = re.compile("[\u4e00-\u9fff]")
_KANA = re.compile("[\u3041-\u30ff]")  # Japanese uses some of the words for other things
_AT_A_TIME = re.compile(r"^\s*时(?=[\s，,：:。；]|$)")  # “当 $i = j$ 时，”
_SAID = re.compile("|".join(map(re.escape, sorted({**_SIGNS, **_WORDS}, key=len, reverse=True))))


def in_english(prose: str, behind_display: bool = False) -> str:
    """What stands before a formula, with the words that are read; the same text where there is none of them. Words
    ``behind_display`` begin a sentence."""
    if not _CHINESE.search(prose) and "。" not in prose:
        return prose
    if _KANA.search(prose):
        return re.sub("[。，、；：]", lambda sign: _SIGNS[sign[0]], prose)
    prose = _AT_A_TIME.sub("", prose)

    def english(found: re.Match[str]) -> str:
        word = _WORDS.get(found[0], "")
        begins = behind_display and not prose[: found.start()].strip()
        return f" {word.capitalize() if begins else word} " if word else _SIGNS[found[0]]

    return re.sub(" {2,}", " ", _SAID.sub(english, prose))
