#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the Blender that setup.sh built: in a chroot, under its own Xvfb, with its own processes,
# /tmp and home. Everything it starts ends with it; nothing else is ever signalled. Root only.
#
#   run.sh [options] DIR -- [blender arguments]
#   run.sh --bind "$PWD" --out shots DIR -- --python "$PWD/tests/window/drive_job.py"
#
#   --bind SRC[:DST]   show a folder inside (default: at the same path); may be repeated
#   --bind-ro SRC[:DST]  the same, read-only
#   --out FOLDER       shown inside as $GUI_OUT (default /out); last.png is left there when time runs out
#   --home FOLDER      keep the user's files (preferences, extensions) there; default: thrown away
#   --size 1280x800    the screen, and Blender's window
#   --timeout 120      seconds, then a last screenshot, TERM, KILL, and exit status 124
#   --env NAME=VALUE   set inside; may be repeated
#   --no-net           no network but loopback
#   --headless         no Xvfb, no window arguments (give --background yourself)
#   --sh               run "DIR -- COMMAND ARGS" and not Blender (for: blender --command extension ...)
#
# Inside: $DISPLAY, $GUI_FB (the Xvfb frame buffer file, see xvfb_shot.py), $GUI_SHOT (that script),
# $GUI_OUT. The exit status is Blender's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [ "${1:-}" != --inside-ns ]; then
    binds=() envs=() out= home= size=1280x800 limit=120 net=1 gui=1 sh=0
    while [ $# -gt 0 ]; do
        case $1 in
            --bind) binds+=("rw:$2"); shift 2;;
            --bind-ro) binds+=("ro:$2"); shift 2;;
            --out) out=$2; shift 2;;
            --home) home=$2; shift 2;;
            --size) size=$2; shift 2;;
            --timeout) limit=$2; shift 2;;
            --env) envs+=("$2"); shift 2;;
            --no-net) net=0; shift;;
            --headless) gui=0; shift;;
            --sh) sh=1; shift;;
            -*) echo "run: unknown option $1" >&2; exit 2;;
            *) break;;
        esac
    done
    root=${1:?usage: run.sh [options] DIR -- [blender arguments]}; shift
    [ "${1:-}" != -- ] || shift
    [ "$(id -u)" = 0 ] || { echo "run: must run as root" >&2; exit 2; }
    [ -f "$root/.gui-blender" ] || { echo "run: $root is not a finished setup.sh folder" >&2; exit 2; }
    root=$(cd "$root" && pwd)
    if [ -n "$out" ]; then mkdir -p "$out"; out=$(cd "$out" && pwd); fi
    if [ -n "$home" ]; then mkdir -p "$home"; home=$(cd "$home" && pwd); fi
    flags=(--mount --pid --ipc --fork --kill-child --propagation private)
    [ "$net" = 1 ] || flags+=(--net)
    # The rest runs as the first process of its own pid namespace: when it ends, or is killed,
    # the kernel ends all that was started inside, and all mounts made inside are gone.
    exec unshare "${flags[@]}" -- bash "$here/run.sh" --inside-ns "$root" "$out" "$home" "$size" "$limit" "$net" \
        "$gui" "$sh" "${#binds[@]}" ${binds[@]+"${binds[@]}"} "${#envs[@]}" ${envs[@]+"${envs[@]}"} -- "$@"
fi

# ---- first process of the new namespaces
shift
root=$1 out=$2 home=$3 size=$4 limit=$5 net=$6 gui=$7 sh=$8; shift 8
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || true
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root/tmp/home" "$root/tmp/run" "$root/tmp/fb" "$root/tmp/gui" "$root/tmp/.X11-unix" "$root/out"
chmod 700 "$root/tmp/run"
chmod 1777 "$root/tmp/.X11-unix"
cp "$here/xvfb_shot.py" "$root/tmp/gui/"
[ -z "$home" ] || mount --bind "$home" "$root/tmp/home"
if [ -n "$out" ]; then mount --bind "$out" "$root/out"; else mount -t tmpfs tmpfs "$root/out"; fi
n=$1; shift
for ((i = 0; i < n; i++)); do
    mode=${1%%:*} spec=${1#*:}; shift
    src=$(cd "${spec%%:*}" && pwd) dst=${spec#*:}
    [ "$dst" != "$spec" ] || dst=$src
    mkdir -p "$root$dst"
    mount --rbind "$src" "$root$dst"
    [ "$mode" = rw ] || mount -o remount,bind,ro "$root$dst"
done
n=$1; shift
envs=()
for ((i = 0; i < n; i++)); do envs+=("$1"); shift; done
shift # --
[ "$net" = 1 ] && cp -L /etc/resolv.conf "$root/tmp/gui/resolv.conf" 2>/dev/null &&
    touch "$root/etc/resolv.conf" && mount --bind "$root/tmp/gui/resolv.conf" "$root/etc/resolv.conf" || true

cat >"$root/tmp/gui/main.sh" <<'INSIDE'
size=$1 limit=$2 net=$3 gui=$4 sh=$5; shift 5
if [ "$net" = 0 ]; then  # loopback up
    python3 -c 'import fcntl,socket,struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 0x49))'
fi
xvfb=
if [ "$gui" = 1 ]; then
    exec 8<>/tmp/gui/display
    Xvfb -displayfd 8 -screen 0 "${size}x24" -fbdir /tmp/fb -nolisten tcp -nolisten local -noreset >/tmp/gui/xvfb.log 2>&1 &
    xvfb=$!
    for ((i = 0; i < 200; i++)); do
        [ ! -s /tmp/gui/display ] || break
        kill -0 "$xvfb" 2>/dev/null || { cat /tmp/gui/xvfb.log >&2; exit 3; }
        sleep 0.05
    done
    export DISPLAY=:$(head -n 1 /tmp/gui/display)
    exec 8>&-
    export GUI_FB=/tmp/fb/Xvfb_screen0 GUI_SHOT=/tmp/gui/xvfb_shot.py
fi
if [ "$sh" = 1 ]; then cmd=("$@")
elif [ "$gui" = 1 ]; then cmd=(blender --gpu-backend opengl --window-geometry 0 0 "${size%x*}" "${size#*x}" "$@")
else cmd=(blender "$@"); fi
"${cmd[@]}" &
pid=$!
(
    i=0
    while [ "$i" -lt "$limit" ] && kill -0 "$pid" 2>/dev/null; do sleep 1; i=$((i + 1)); done
    if kill -0 "$pid" 2>/dev/null; then
        echo "run: still running after $limit s, ending it" >&2
        touch /tmp/gui/timed-out
        [ "$gui" = 0 ] || python3 "$GUI_SHOT" "$GUI_FB" "$GUI_OUT/last.png" || true
        kill -TERM "$pid" 2>/dev/null
        for ((i = 0; i < 50; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -KILL "$pid" 2>/dev/null
    fi
) &
watch=$!
rc=0
wait "$pid" || rc=$?
kill "$watch" 2>/dev/null
[ -z "$xvfb" ] || { kill "$xvfb" 2>/dev/null; wait "$xvfb" 2>/dev/null; }
[ ! -e /tmp/gui/timed-out ] || rc=124
exit "$rc"
INSIDE

# Caches of compiled shaders stay in the folder between runs: the first draw is then faster.
exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/tmp/home \
    XDG_RUNTIME_DIR=/tmp/run XDG_CACHE_HOME=/var/cache/gui-blender GUI_OUT=/out \
    LIBGL_ALWAYS_SOFTWARE=1 PYTHONDONTWRITEBYTECODE=1 ${envs[@]+"${envs[@]}"} \
    bash /tmp/gui/main.sh "$size" "$limit" "$net" "$gui" "$sh" "$@"
