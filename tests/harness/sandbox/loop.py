"""The program of a page's bash: takes commands from the harness, runs each, answers with its status."""

from __future__ import annotations

# c: a command in this shell; s: a script in this shell under errexit; x: a command of the harness in a subshell,
# with descriptor 5 leading to the harness; w: write a file. Behind the letter stands the command's serial number, which
# its status repeats; each part ends with a NUL byte.
# With the status of a command comes what its status hides: the commands in it that failed unseen (an ERR trap), the
# statuses of its pipe, the last process in the background; parts that \2 separates and lines that \1 ends.
# The pipes are high: `exec 3<file` is the page's. 60 brings commands, 61 takes statuses; 62 leads to 63.
# What a page traces (`set -x`, traps of its own on DEBUG and ERR) is its own commands. So the loop turns all of it off
# behind each command and on again before the next, in groups whose output goes nowhere; 62 and 63 give it the traps'
# text without a process for that, once the page has named `trap`. The status is then taken inside, since an eval that
# fails would set an ERR trap off once more.
LOOP = r"""
umask 022
shopt -s expand_aliases
__guide_status() { return "$1"; }
__guide_resume() {
  builtin eval "$__guide_traps"
  [[ ! $__guide_trace ]] || builtin set -x
  builtin return "$__guide_rc"
}
__guide_rc=0 __guide_trace= __guide_traps= __guide_wary=
__guide_end=$'\1'
__guide_watch='{ __guide_failed+="$? $BASH_COMMAND$__guide_end"; } 2>/dev/null'
__guide_watch="builtin trap '$__guide_watch' ERR"
builtin eval "$__guide_watch"
while IFS= builtin read -r -d '' -u 60 __guide_do; do
  IFS= builtin read -r -d '' -u 60 __guide_text || builtin break
  __guide_serial=${__guide_do:1} __guide_taken= __guide_failed= __guide_pipe=
  case "$__guide_do" in
    [cs]*)
      case "$__guide_text" in *trap*) __guide_wary=1 ;; esac
      if [[ $__guide_traps || $__guide_do$__guide_text == c*'|'* ]]; then
        __guide_text+=$'\n{ __guide_rc=$? __guide_pipe="${PIPESTATUS[*]}" __guide_taken=1; } >/dev/null 2>&1'
      fi
      if [[ $__guide_traps$__guide_trace ]]; then
        __guide_text=$'{ __guide_resume && :; } >/dev/null 2>&1\n'$__guide_text
      fi ;;
  esac
  case "$__guide_do" in
    c*) __guide_status "$__guide_rc"
       builtin eval "$__guide_text" 60<&- 61>&- 62>&- 63<&- </dev/null
       { __guide_last=$?; [[ $__guide_taken ]] || __guide_rc=$__guide_last; } >/dev/null 2>&1 ;;
    s*) builtin set -euo pipefail
       builtin eval "$__guide_text" 60<&- 61>&- 62>&- 63<&- </dev/null
       { __guide_last=$?; [[ $__guide_taken ]] || __guide_rc=$__guide_last
         builtin set +euo pipefail; } >/dev/null 2>&1 ;;
    x*) ( builtin eval "$__guide_text" ) 5>&61 60<&- 61>&- 62>&- 63<&- </dev/null
       builtin printf '\0%d %s\0' "$?" "$__guide_serial" >&61
       builtin continue ;;
    w*) IFS= builtin read -r -d '' -u 60 __guide_content
       case "$__guide_content" in *trap*) __guide_wary=1 ;; esac
       ( [[ "$__guide_text" != */* ]] || command -p mkdir -p -- "${__guide_text%/*}"
         builtin printf '%s' "$__guide_content" >"$__guide_text" ) 60<&- 61>&- 62>&- 63<&- </dev/null
       builtin printf '\0%d %s\0' "$?" "$__guide_serial" >&61
       builtin continue ;;
  esac
  {
    case $- in *x*) __guide_trace=1; builtin set +x ;; *) __guide_trace= ;; esac
    if [[ $__guide_wary ]]; then
      builtin trap -p DEBUG ERR >&62
      builtin trap - DEBUG ERR
      builtin printf '\0' >&62
      IFS= builtin read -r -d '' -u 63 __guide_traps
      case "$__guide_traps" in *ERR*) ;; *) __guide_traps+=$__guide_watch ;; esac
    fi
  } >/dev/null 2>&1
  builtin printf '%s\2%s\2%s\0%d %s\0' "$__guide_failed" "$__guide_pipe" "${!-}" "$__guide_rc" "$__guide_serial" >&61
done
"""
