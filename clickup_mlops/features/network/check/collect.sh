#!/bin/sh
# Collects the RoCE settings of this machine, a host or a SONiC switch, into one archive.
# It only reads: it changes nothing, needs no network, and writes nothing but the archive.
#   sh collect.sh [folder for the archive]
# Some tools show more to root; what cannot be read is left out, and then counts as unknown.
set -u
LC_ALL=C
export LC_ALL
umask 077
name=$(hostname 2>/dev/null || cat /proc/sys/kernel/hostname)
work=$(mktemp -d "${TMPDIR:-/tmp}/roce.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
root="$work/roce"
mkdir -p "$root"

# keep FILE COMMAND...: the command's output, if the command is there; at most 512 KiB.
keep() {
    file="$root/$1"
    shift
    command -v "$1" >/dev/null 2>&1 || return 0
    mkdir -p "$(dirname "$file")"
    "$@" 2>/dev/null </dev/null | head -c 524288 >"$file"
    [ -s "$file" ] || rm -f "$file"
}

# copy FILE SOURCE: a file of the kernel, if it can be read.
copy() {
    [ -r "$2" ] && keep "$1" cat "$2"
    return 0
}

keep machine/hostname echo "$name"
keep machine/kernel uname -sr

for path in /sys/class/infiniband/*; do
    [ -e "$path" ] || continue
    device=${path##*/}
    copy "rdma/$device/firmware" "$path/fw_ver"
    copy "rdma/$device/traffic_class" "$path/tc/1/traffic_class"
    copy "rdma/$device/rate" "$path/ports/1/rate"
    copy "rdma/$device/link_layer" "$path/ports/1/link_layer"
    keep "rdma/$device/devinfo" ibv_devinfo -d "$device" -i 1
    for entry in "$path"/device/net/*; do
        [ -e "$entry" ] || continue
        netdev=${entry##*/}
        keep "rdma/$device/netdev" echo "$netdev"
        copy "net/$netdev/mtu" "/sys/class/net/$netdev/mtu"
        copy "net/$netdev/operstate" "/sys/class/net/$netdev/operstate"
        keep "net/$netdev/mlnx_qos" mlnx_qos -i "$netdev"
        keep "net/$netdev/dcb_pfc" dcb pfc show dev "$netdev"
        keep "net/$netdev/dcb_app" dcb -N app show dev "$netdev"
        for side in roce_np roce_rp; do
            for file in /sys/class/net/"$netdev"/ecn/$side/enable/*; do
                copy "net/$netdev/$side/${file##*/}" "$file"
            done
        done
        copy "net/$netdev/cnp_dscp" "/sys/class/net/$netdev/ecn/roce_np/cnp_dscp"
    done
done

# A switch that runs SONiC. Passwords and keys are in other tables, which are not read.
if command -v sonic-cfggen >/dev/null 2>&1; then
    for table in PORT PORT_QOS_MAP DSCP_TO_TC_MAP TC_TO_QUEUE_MAP WRED_PROFILE QUEUE BUFFER_PROFILE; do
        keep "sonic/$table" sonic-cfggen -d --var-json "$table"
    done
fi

archive="${1:-.}/roce-$name.tar.gz"
tar -C "$work" -cf - roce | gzip -c >"$archive" && echo "$archive"
