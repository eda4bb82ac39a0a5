#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What departments put into the inbox: workbooks, packed files, files still being written, links, devices and names that climb. Read, or said in words that
# help; the night never stops and nothing is followed.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
MOPAI_CLOCK=2026-03-02T02:00:00
export MOPAI_CLOCK
site=$work/site
inbox=$site/inbox
new_site "$site"
cat >>"$site/sources.yaml" <<'YAML'

  - id: list
    label: 名单
    department: 民政局
    files: ["list_{scope}_{date}.csv"]
    kind: snapshot
    key: [编号]
    person: {id: 身份证号, name: 姓名}
    columns:
      编号: {type: token}
      姓名: {type: name, required: true}
      身份证号: {type: id_number}
      金额: {type: money}
YAML
ingest() {
    rm -f "$work/said"
    _got=0
    timeout 60 "$MOPAI_BIN" -C "$site" ingest >"$work/said" 2>&1 || _got=$?
    case $_got in 0 | 1 | 1[012][0-9]) ;; *) echo "ingest ended with $_got"; cat "$work/said"; exit 1 ;; esac
}
said() {
    grep -Eq -e "$1" "$work/said" && return 0
    echo "wanted '$1', got:"
    cat "$work/said"
    exit 1
}
typed() { sqlite3 "$site/store/ledger.db" "SELECT typed FROM delivery_file WHERE name = '$1'"; }
rows='编号,姓名,身份证号,金额\n1,王德明,12019419610305001X,5\n2,李桂英,120194196307120024,6\n'

# a workbook as an office writes it: the pattern says .csv; numbers that were identifiers are lost, and said with their row
# shellcheck disable=SC2059
printf "$rows"'3,丁一禾,120194196307120024,7\n' >"$work/list.csv"
if command -v soffice >/dev/null 2>&1; then
    # columns: text, text, standard (a number), standard
    (cd "$work" && HOME=$work soffice --headless --convert-to xlsx --infilter='CSV:44,34,76,1,1/2/2/2/3/1/4/1' list.csv >/dev/null 2>&1)
    cp "$work/list.xlsx" "$inbox/list_甲_20260301.xlsx"
    ingest
    [ "$(typed list_甲_20260301.xlsx)" -eq 3 ] || { cat "$work/said"; exit 1; }
    said '证件号码'
    id=$(sqlite3 "$site/store/ledger.db" "SELECT delivery_id FROM delivery_file WHERE name = 'list_甲_20260301.xlsx'")
    "$MOPAI_BIN" -C "$site" deliveries show "$id" >"$work/shown" 2>&1 || true
    grep -q '被电子表格损坏（科学计数法或尾数变 000）×2' "$work/shown" && grep -q '第 3 行' "$work/shown" || { cat "$work/shown"; exit 1; }
    # the same workbook for a comparison of loose files, and packed; the identifiers in it are partly lost, names are not
    "$MOPAI_BIN" match "$work/list.xlsx" "$work/list.csv" >"$work/matched.csv" 2>"$work/said"
    said 'list.xlsx：xlsx，表头第 1 行，3 行数据'
fi

# packed by gzip, and the same content again as it is
gzip -nc "$work/list.csv" >"$inbox/list_乙_20260301.csv.gz"
ingest
[ "$(typed list_乙_20260301.csv.gz)" -eq 3 ]
head -c 60 "$inbox/list_乙_20260301.csv.gz" >"$inbox/list_丙_20260301.csv.gz"
ingest
said 'list_丙_20260301.csv.gz：压缩文件已损坏或没有传完'
rm "$inbox"/*

# an archive of two towns' files, rubbish, and a name that climbs out; then one with a password, one inside another, one that is empty
pack() ( # pack ARCHIVE DIR [OPTION]: everything in DIR
    cd "$2" && zip -q -r ${3:+"$3"} "$1" .
)
mkdir -p "$work/p/三月" "$work/p/__MACOSX" "$work/q" "$work/r" "$work/s/sub"
cp "$work/list.csv" "$work/p/三月/list_丁_20260301.csv"
# shellcheck disable=SC2059
printf "$rows"'3,丁一禾,,7\n4,某,,\n' | tee "$work/q/导出.csv" >"$work/p/三月/list_戊_20260301.csv"
echo x >"$work/p/__MACOSX/._x"
pack "$inbox/三月.zip" "$work/p"
cp "$work/list.csv" "$work/s/list_己_20260301.csv"
(cd "$work/s/sub" && zip -q "$inbox/三月.zip" ../list_己_20260301.csv)
pack "$inbox/list_庚_20260301.zip" "$work/q"
pack "$inbox/list_癸_20260301.zip" "$work/q" -Psecret
gzip -nc "$work/list.csv" >"$work/r/list_辛_20260301.csv"
printf '\320\317\021\340\241\261\032\341old' >"$work/r/list_壬_20260301.csv"
pack "$inbox/套.zip" "$work/r"
printf 'PK\005\006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >"$inbox/空.zip"
ingest
[ "$(typed 三月.zip/三月/list_丁_20260301.csv)" -eq 3 ]
[ "$(typed 三月.zip/三月/list_戊_20260301.csv)" -eq 4 ]
[ "$(typed list_庚_20260301.zip/导出.csv)" -eq 4 ]
said '三月.zip：压缩包里的“../list_己_20260301.csv”文件名不合规'
said 'list_癸_20260301.zip 有密码'
said '套.zip/list_壬_20260301.csv 是旧格式的 Excel'
said '空.zip 是空的压缩包'
said '套.zip/list_辛_20260301.csv 是压缩包里的压缩包'
held=$(sqlite3 "$site/store/ledger.db" 'SELECT count(*) FROM delivery_file')
ingest
[ "$(sqlite3 "$site/store/ledger.db" 'SELECT count(*) FROM delivery_file')" -eq "$held" ] # known, though packed
rm "$inbox"/*

# 600 valid numbers of which none ends in X: one in eleven should; the ends were made up by something
awk 'BEGIN {
    split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", w, " "); check = "10X98765432"
    print "编号,姓名,身份证号,金额"
    for (i = 0; n < 600; i++) {
        id = sprintf("120194%04d%02d%02d%03d", 1950 + i % 50, 1 + i % 12, 1 + i % 28, 1 + i % 997); sum = 0
        for (k = 1; k <= 17; k++) sum += substr(id, k, 1) * w[k]
        c = substr(check, sum % 11 + 1, 1)
        if (c != "X") { n++; print n ",某" n "," id c ",1" }
    }
}' >"$inbox/list_子_20260301.csv"
ingest
said 'list_子_20260301.csv.*X'
rm "$inbox"/*

# other formats
printf '\320\317\021\340\241\261\032\341xls' >"$inbox/list_甲_20260302.xls"
printf '%%PDF-1.4\n' >"$inbox/list_乙_20260302.pdf"
printf '<html><table></table></html>' >"$inbox/list_丙_20260302.xls"
ingest
said 'list_甲_20260302.xls 是旧格式的 Excel/WPS 文件.*另存为 .xlsx 或 CSV'
said 'list_乙_20260302.pdf 是 PDF'
said 'list_丙_20260302.xls 其实是网页'
rm "$inbox"/*

# links, devices, folders, control characters: never followed, never hanging
ln -s "$work/list.csv" "$inbox/list_甲_20260302.csv"
ln -s /nonexistent "$inbox/list_乙_20260302.csv"
mkfifo "$inbox/list_丙_20260302.csv"
mkdir "$inbox/list_丁_20260302.csv"
cp "$work/list.csv" "$inbox/$(printf 'list_\033[31m_20260302.csv')"
cp "$work/list.csv" "$inbox/~\$list_戊_20260302.csv"
ingest
said 'list_甲_20260302.csv：不是普通文件（链接或设备），不读'
said 'list_丙_20260302.csv：不是普通文件'
said '文件名里有控制字符'
[ "$(sqlite3 "$site/store/ledger.db" "SELECT count(*) FROM delivery WHERE data_date > (SELECT max(data_date) FROM delivery WHERE scope = '丁')")" -eq 0 ]
rm -r "$inbox"/*

# still being written: it waits, and is taken when the writer has closed it
cp "$work/list.csv" "$inbox/list_甲_20260302.csv"
exec 9>>"$inbox/list_甲_20260302.csv"
ingest
said 'list_甲_20260302.csv”还在写入，等它传完再读'
exec 9>&-
ingest
[ "$(typed list_甲_20260302.csv)" -eq 3 ]
rm "$inbox"/*

# unreadable: said, and the others are taken
if [ "$(id -u)" != 0 ]; then
    cp "$work/list.csv" "$inbox/list_甲_20260302.csv"
    chmod 0 "$inbox/list_甲_20260302.csv"
    ingest
    said '打不开.*list_甲_20260302.csv'
fi
