# completion.bash - what a shell offers after "catchment": asked of the program itself, so that it cannot know less or more.
# shellcheck shell=bash

# Commands, or what a command is told first (lab up, load dns): words of the usage, else of the list below it.
_catchment_words() { # PROGRAM [COMMAND]
	local program=$1
	shift
	"$program" "$@" --help 2>/dev/null | awk -v command="$*" '
		{ sub(/\r$/, "") }
		/^(Usage|  or): / || /^ +catchment / {
			line = $0
			sub(/^(Usage|  or): */, "", line)
			sub(/^ *catchment */, "", line)
			if (command != "" && index(line, command) == 1)
				line = substr(line, length(command) + 1)
			sub(/^ */, "", line)
			sub(/^\[OPTION\.\.\.\] */, "", line)
			sub(/[ ].*/, "", line)
			n = split(line, parts, "|")
			for (i = 1; i <= n; i++)
				if (parts[i] ~ /^[a-z][a-z-]*$/)
					print parts[i]
			next
		}
		/^  [a-z][a-z-]*  +[^ ]/ || /^  [a-z][a-z-]* [a-z]/ && command == "" { print $1 }
	' | sort -u
}

_catchment_options() { # PROGRAM COMMAND...
	local program=$1
	shift
	"$program" "$@" --help 2>/dev/null | grep -oE '(^|[ ,[])--[a-z][a-z0-9-]*' | grep -oE -- '--[a-z0-9-]+' | sort -u
}

# What an option can be told, where that is one of a few words; --OPTION WORD, or --OPTION=WORD, which a shell takes for three.
_catchment_values() { # WORD...
	local last=${*: -1}
	[ "$last" != = ] || last=${*: -2:1}
	case $last in
	--phase) echo random locked ;;
	--ci) echo auto github gitlab plain none ;;
	--color) echo auto always never ;;
	--matrix) echo variant= layer= suite= ;;
	esac
}

_catchment() {
	local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]-} word=${COMP_WORDS[COMP_CWORD]} words=''
	local kind=("$command")

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_catchment_words "$program") --help --version" -- "$word")
		return
	fi
	case ${COMP_WORDS[2]-} in
	[a-z]*) [ "$command" != load ] || [ "$COMP_CWORD" -eq 2 ] || kind+=("${COMP_WORDS[2]}") ;;
	esac
	case $word in
	-*)
		mapfile -t COMPREPLY < <(compgen -W "$(_catchment_options "$program" "${kind[@]}")" -- "$word")
		return
		;;
	esac
	words=$(_catchment_values "${COMP_WORDS[@]:0:COMP_CWORD}")
	if [ -n "$words" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "${word#=}")
		case $words in
		*=) compopt -o nospace 2>/dev/null ;;
		esac
		return
	fi
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	--layer | --out | --topology | --rootfs | --queries | --zone | --replay | --plan | --resume | --baseline | -[lotr])
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null
		return
		;;
	esac
	case $command in
	run | sweep) words="all $("$program" run --list 2>/dev/null | awk '{ print $1 }')" ;;
	lab | load | import | baseline) [ "$COMP_CWORD" -ne 2 ] || words=$(_catchment_words "$program" "$command") ;;
	esac
	[ "$command" != sweep ] || words=${words#all }
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word"; compgen -f -- "$word")
	[ -z "$words" ] && compopt -o filenames 2>/dev/null
	return 0
}

complete -F _catchment catchment
