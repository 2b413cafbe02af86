#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds a folder with a real Blender (window and all), Xvfb, a software OpenGL and xdotool from a newer
# Debian suite, on a Debian machine whose own Blender is too old. Root only.
#
#   setup.sh DIR SUITE       SUITE: sid (Blender 5.2, Python 3.14) or trixie (Blender 4.3, Python 3.13)
#   GUI_BLENDER_MIRROR=URI   take this mirror and not the one apt is configured with
#
# A finished DIR made by the same recipe is left as it is (under 0.1 s).
set -euo pipefail

DIR=${1:?usage: setup.sh DIR SUITE}
SUITE=${2:?usage: setup.sh DIR SUITE}
RECIPE=4                                    # raise it when the packages or their files below change
MARK=.gui-blender

# requests, zstandard, numpy, cattrs: an upstream Blender bundles them, Debian's only recommends or forgets them
# (without cattrs Blender 5.2's own extension add-on does not register; without numpy glTF does not import).
PKGS=blender,xvfb,libgl1,libegl1,libgl1-mesa-dri,xdotool,python3-numpy,python3-requests,python3-zstandard,python3-cattr

say() { echo "setup: $*" >&2; }
[ "$(id -u)" = 0 ] || { say "must run as root"; exit 2; }
mkdir -p "$(dirname "$DIR")"
DIR=$(cd "$(dirname "$DIR")" && pwd)/$(basename "$DIR")
[ "$DIR" != / ] || { say "not /"; exit 2; }

# One builder at a time for one folder.
exec 9>"$DIR.lock"
flock 9

stamp="recipe=$RECIPE suite=$SUITE"
if [ -f "$DIR/$MARK" ] && [ "$(head -n 1 "$DIR/$MARK")" = "$stamp" ]; then
    say "already there: $(tail -n 1 "$DIR/$MARK")"
    exit 0
fi

need=()
command -v mmdebstrap >/dev/null || need+=(mmdebstrap)
command -v unshare >/dev/null || need+=(util-linux)
if [ ${#need[@]} -gt 0 ]; then
    say "installing ${need[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi

# The archive this machine's own Debian comes from (not its security or a third party's archive).
mirror() {
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk -F'|' '$1 == "Debian" && $2 == "Debian" && $3 == "main" && !seen[$4]++ { print $4 }' | head -n 1
}
MIRROR=${GUI_BLENDER_MIRROR:-$(mirror)}
if [ -z "$MIRROR" ]; then apt-get update -qq; MIRROR=$(mirror); fi
[ -n "$MIRROR" ] || { say "apt names no Debian archive; set GUI_BLENDER_MIRROR"; exit 3; }

opts=()
for key in Acquire::http::Proxy Acquire::https::Proxy Acquire::https::CaInfo; do
    eval "$(apt-config shell VAL "$key")"
    if [ -n "${VAL:-}" ]; then opts+=("--aptopt=$key \"$VAL\""); fi
    unset VAL
done

tmp="$DIR.building"
if [ -e "$tmp" ]; then rm -rf --one-file-system "$tmp"; fi
say "building a $SUITE with Blender in $DIR (about 2 minutes, 1.1 GB) ..."
# Private namespaces: what is mounted or started while building goes away with it, also when this script is killed.
# Left out to save disk: manuals, locales but Blender's German, icons. A mirror's index may be weeks old: its date is not checked.
setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
    mmdebstrap --quiet --mode=root --variant=essential --components=main \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Languages "none"' \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' ${opts[@]+"${opts[@]}"} \
    --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/poppler/*' \
    --dpkgopt='path-include=/usr/share/locale/languages' --dpkgopt='path-include=/usr/share/locale/de/*/blender.mo' \
    --dpkgopt='path-exclude=/usr/share/icons/*' --dpkgopt='path-exclude=/usr/include/*' \
    --customize-hook='ln -sf /proc/self/mounts "$1/etc/mtab"' \
    --customize-hook='mkdir -p "$1/var/cache/gui-blender"' \
    --include="$PKGS" "$SUITE" "$tmp" "$MIRROR"

# Does it start? That also proves that every library is there.
version=$(chroot "$tmp" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/root LANG=C.UTF-8 \
    blender --background --factory-startup --python-exit-code 9 --python-expr \
    'import sys, bpy, numpy, requests; print("VERSION", bpy.app.version_string, "Python", sys.version.split()[0])' 2>&1 |
    sed -n 's/^VERSION //p') || true
[ -n "$version" ] || { say "Blender of $SUITE does not start"; exit 1; }
rm -rf --one-file-system "$tmp/root/.config" "$tmp/root/.cache"
{ echo "$stamp"; echo "$SUITE: Blender $version"; } >"$tmp/$MARK"
# Only ever remove a folder that this script made.
if [ -e "$DIR" ]; then
    [ -f "$DIR/$MARK" ] || { say "$DIR exists and is not mine"; exit 2; }
    rm -rf --one-file-system "$DIR"
fi
mv "$tmp" "$DIR"
say "built $(tail -n 1 "$DIR/$MARK")"
