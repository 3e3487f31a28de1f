# shellcheck shell=bash
# findings.sh — how the checks report, and the exemptions that they honour.
#
# A finding is a line "TARGET<TAB>TEXT". script/exemptions has a line "CHECK TARGET why"
# for each that is accepted; a line there that no finding needs is itself a finding.
# Sourced after common.sh.

EXEMPTIONS=${EXEMPTIONS:-script/exemptions}

# report CHECK <findings: prints what is not exempt, and fails if there is any.
report() {
    awk -F '\t' -v check="$1" -v list="$EXEMPTIONS" '
        BEGIN {
            while ((getline line < list) > 0) {
                if (line ~ /^ *(#|$)/)
                    continue
                n = split(line, word, " ")
                if (word[1] != check)
                    continue
                exempt[word[2]] = 1
                if (n < 3) {
                    print list ": " line ": an exemption needs a reason"
                    bad = 1
                }
            }
        }
        $1 in exempt { used[$1] = 1; next }
        { print $2; bad = 1 }
        END {
            for (target in exempt)
                if (!(target in used)) {
                    print list ": " check " " target ": nothing needs this any more"
                    bad = 1
                }
            exit bad
        }'
}

# The C files under the folders given, of the current folder,
# as they are on the disk, so that a file not yet added to git is checked as well.
c_files() {
    local folders=() folder
    for folder in "$@"; do
        [ -d "$folder" ] && folders+=("$folder")
    done
    [ ${#folders[@]} -eq 0 ] || find "${folders[@]}" -name '*.[ch]' | sort
}
