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

# read_counters LABEL: of each RDMA device, a line for each counter.
read_counters() {
    for path in /sys/class/infiniband/*; do
        [ -e "$path" ] || continue
        keep "rdma/${path##*/}/$1" grep -H . "$path"/ports/1/counters/* "$path"/ports/1/hw_counters/*
    done
}

keep machine/hostname echo "$name"
keep machine/kernel uname -sr
copy machine/modules /proc/modules
# GPUs: display controllers and accelerators on the PCI bus.
for path in /sys/bus/pci/devices/*; do
    class=$(cat "$path/class" 2>/dev/null)
    case "$class" in
        0x0302* | 0x0300* | 0x0380* | 0x1200*)
            copy "gpu/${path##*/}/numa" "$path/numa_node"
            copy "gpu/${path##*/}/vendor" "$path/vendor"
            keep "gpu/${path##*/}/pci" readlink -f "$path"
            ;;
    esac
done

for path in /sys/class/infiniband/*; do
    [ -e "$path" ] || continue
    device=${path##*/}
    copy "rdma/$device/firmware" "$path/fw_ver"
    copy "rdma/$device/traffic_class" "$path/tc/1/traffic_class"
    copy "rdma/$device/rate" "$path/ports/1/rate"
    copy "rdma/$device/link_layer" "$path/ports/1/link_layer"
    copy "rdma/$device/state" "$path/ports/1/state"
    copy "rdma/$device/board" "$path/board_id"
    copy "rdma/$device/numa" "$path/device/numa_node"
    [ -e "$path/device/physfn" ] && keep "rdma/$device/virtual" echo 1
    keep "rdma/$device/pci" readlink -f "$path/device"
    for file in current_link_speed current_link_width max_link_speed max_link_width; do
        copy "rdma/$device/$file" "$path/device/$file"
    done
    for file in "$path"/ports/1/gid_attrs/types/*; do
        gid=$(cat "$path/ports/1/gids/${file##*/}" 2>/dev/null)
        type=$(cat "$file" 2>/dev/null) || continue # an empty entry has no type
        keep "rdma/$device/gids/${file##*/}" echo "$gid $type"
    done
    keep "rdma/$device/devinfo" ibv_devinfo -d "$device" -i 1
    for entry in "$path"/device/net/*; do
        [ -e "$entry" ] || continue
        netdev=${entry##*/}
        keep "rdma/$device/netdev" echo "$netdev"
        copy "net/$netdev/mtu" "/sys/class/net/$netdev/mtu"
        copy "net/$netdev/operstate" "/sys/class/net/$netdev/operstate"
        keep "net/$netdev/lldp" lldpctl -f keyvalue "$netdev"
        [ -e "/sys/class/net/$netdev/master" ] &&
            keep "net/$netdev/bond" basename "$(readlink -f "/sys/class/net/$netdev/master")"
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

# Errors that go on are told from those of last year by two readings.
read_counters counters_first
[ -d /sys/class/infiniband ] && sleep 5
read_counters counters_last

# A switch that runs SONiC. Passwords and keys are in other tables, which are not read.
if command -v sonic-cfggen >/dev/null 2>&1; then
    for table in PORT PORT_QOS_MAP DSCP_TO_TC_MAP TC_TO_QUEUE_MAP WRED_PROFILE QUEUE BUFFER_PROFILE; do
        keep "sonic/$table" sonic-cfggen -d --var-json "$table"
    done
fi

archive="${1:-.}/roce-$name.tar.gz"
tar -C "$work" -cf - roce | gzip -c >"$archive" && echo "$archive"
