#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/mopai.1: the fixed head and tail below around what the program says of its own commands. usage: gen-man.sh MOPAI
set -eu
cat <<'HEAD'
.\" SPDX-License-Identifier: Apache-2.0
.\" Made by scripts/gen-man.sh from the command table.
.Dd 2026
.Dt MOPAI 1
.Os
.Sh NAME
.Nm mopai
.Nd find households who need help and hand street offices a list of doors
.Sh SYNOPSIS
.Nm
.Op Ar options
.Ar command
.Op Ar operands ...
.Sh DESCRIPTION
.Nm
reads departments' exports from the inbox of a site, links records into persons and households, evaluates the bureau's rules and publishes
visit lists. One
.Cm run
is one night. It may be killed at any time and run again with the same result; a night with nothing new writes nothing.
.Pp
A warning is a lead for a visit, never a decision.
HEAD
"$1" --man-options
cat <<'TAIL'
.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev MOPAI_LANG
Language of messages, zh or en.
.It Ev MOPAI_KEY
Path of the key file that makes references of persons and households; default ~/.config/mopai/key, then /etc/mopai/key.
.It Ev MOPAI_TOKEN_KEY
Path of the secret that departments share to make tokens; default ~/.config/mopai/token-key, then /etc/mopai/token-key. Keep it outside the site.
.It Ev MOPAI_CLOCK
A fixed clock such as 2026-03-01T02:00:00, for tests and replays.
.It Ev MOPAI_THREADS
How many threads share the work, 1 to 16; default as many as there are processors. Results do not depend on it.
.It Ev MOPAI_WHO
Name that stands in the audit trail; default the account that runs the program.
.It Ev NO_COLOR
Any value turns colour off.
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa SITE/sources.yaml , people.yaml , rules.yaml , areas.csv , calendar.csv , id_aliases.csv , model.yaml
Configuration, commented.
.It Pa SITE/inbox/
Departments drop files here;
.Nm
only reads it.
.It Pa SITE/store/
Ledger, raw copies, segments, runs. Segments and runs can be deleted; they are computed again.
.It Pa SITE/reports/latest/
The newest published night.
.El
.Sh EXAMPLES
.Dl mopai init /srv/mopai
.Dl mopai -C /srv/mopai run
.Dl mopai -C /srv/mopai visits import street-list.csv
.Dl mopai match hospital.csv assisted.csv -o found.csv
TAIL
