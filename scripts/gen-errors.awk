# SPDX-License-Identifier: Apache-2.0
# base/core/errors.def -> docs/errors.md
BEGIN {
    print "# 退出码与消息 / Exit codes and messages\n"
    print "由 `base/core/errors.def` 生成（`make docs`）。0 完成；1 多项提醒；2 用法；3-99 出错；100-127 一项提醒（工作已完成）；128+N 被信号终止。\n"
    print "| 退出码 | 名称 | 中文 | English | 怎么办 | what to do |\n|---|---|---|---|---|---|"
}
/^X\(/ { text = $0; while (text !~ /\)$/ && (getline more) > 0) { sub(/^[ \t]+/, " ", more); text = text more } emit(text) }
function emit(t,   name, code, n, part) {
    sub(/^X\(/, "", t); sub(/\)$/, "", t)
    name = t; sub(/,.*/, "", name)
    sub(/^[^,]*, */, "", t); code = t; sub(/,.*/, "", code)
    n = split(t, part, "\"")
    print "| " code " | " name " | " part[2] " | " part[4] " | " part[6] " | " part[8] " |"
}
