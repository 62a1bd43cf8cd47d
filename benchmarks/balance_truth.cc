// Packets of flows in a two-tier fabric, by ns-3: DCTCP, ECN marks of RED queues, and ECMP.
//
// Reads lines: "fabric HOSTS LEAVES SPINES MODE SEED", "host LEAF" for each host in order, and
// "flow SOURCE TARGET BYTES SPINE" for each queue pair. MODE is how a leaf chooses the spine:
//   hosts   a hash of both addresses     pairs    a hash of both addresses and ports
//   spray   each packet by chance        least    each flowlet where the least is sent and queued
//   given   SPINE of the flow
// Prints for each flow its start and end in ns and the spine of its first packet, then "marks N"
// and "drops N".
#include <ns3/applications-module.h>
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>
#include <ns3/traffic-control-module.h>

#include <cmath>
#include <iostream>
#include <map>
#include <string>
#include <vector>

using namespace ns3;

namespace
{
const DataRate RATE("100Gbps");
const Time DELAY = NanoSeconds(500);
const uint32_t SEGMENT = 4096;
const double MARK_AT = 100;             // packets: 400 KB, as RoCE fabrics of this speed have it
const uint32_t WINDOW = 32;             // segments: RDMA senders begin at line rate
const double MEMORY_NS = 20e3;          // over which a leaf averages what an uplink sends
const Time GAP = MicroSeconds(50);      // after which a flow may choose again
const double START_NS = 30e3;           // flows begin within it

struct Flow
{
    uint32_t source, target;
    uint64_t bytes, received;
    int spine, first;
    int64_t begin, end;
};

struct Fabric
{
    uint32_t hosts, leaves, spines;
    std::string mode;
    uint64_t seed;
    std::vector<uint32_t> leafOf;
    std::vector<Flow> flows;
    uint32_t open;
};

Fabric g_fabric;

Ipv4Address
AddressOf(uint32_t host)
{
    return Ipv4Address(0x0a000001 + host);
}

uint32_t
HostOf(Ipv4Address address)
{
    return address.Get() - 0x0a000001;
}

uint64_t
Mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

// What an uplink sends and has queued, as seconds of its rate.
struct Uplink
{
    Ptr<QueueDisc> queue;
    double sent = 0, atNs = 0;

    double Load(double nowNs) const
    {
        return sent * std::exp((atNs - nowNs) / MEMORY_NS) + queue->GetNBytes();
    }

    void Send(double nowNs, uint32_t size)
    {
        sent = sent * std::exp((atNs - nowNs) / MEMORY_NS) + size;
        atNs = nowNs;
    }
};

// Routes of a host (one device), a leaf (its hosts, then its uplinks) or a spine (the leaves).
class Routes : public Ipv4RoutingProtocol
{
  public:
    enum Kind
    {
        HOST,
        LEAF,
        SPINE
    };

    Kind kind;
    uint32_t number;
    std::map<uint32_t, Ptr<NetDevice>> down; // by host at a leaf, by leaf at a spine
    std::vector<Ptr<NetDevice>> up;
    std::vector<Uplink> uplinks;
    std::map<uint64_t, std::pair<uint32_t, Time>> flowlets;
    Ptr<UniformRandomVariable> chance = CreateObject<UniformRandomVariable>();

    Ptr<Ipv4Route> To(Ptr<NetDevice> device, const Ipv4Header& header) const
    {
        auto route = Create<Ipv4Route>();
        route->SetDestination(header.GetDestination());
        route->SetSource(kind == HOST ? AddressOf(number) : header.GetSource());
        route->SetGateway(Ipv4Address::GetZero());
        route->SetOutputDevice(device);
        return route;
    }

    Ptr<Ipv4Route> RouteOutput(Ptr<Packet>,
                               const Ipv4Header& header,
                               Ptr<NetDevice>,
                               Socket::SocketErrno& error) override
    {
        error = Socket::ERROR_NOTERROR;
        return To(up[0], header);
    }

    bool RouteInput(Ptr<const Packet> packet,
                    const Ipv4Header& header,
                    Ptr<const NetDevice>,
                    const UnicastForwardCallback& forward,
                    const MulticastForwardCallback&,
                    const LocalDeliverCallback& deliver,
                    const ErrorCallback&) override
    {
        uint32_t target = HostOf(header.GetDestination());
        if (kind == HOST)
        {
            deliver(packet, header, 1);
            return true;
        }
        uint32_t leaf = g_fabric.leafOf[target];
        bool crosses = kind == LEAF && leaf != number;
        auto device = crosses ? up[Choose(packet, header)] : down[kind == LEAF ? target : leaf];
        forward(To(device, header), packet, header);
        return true;
    }

    uint32_t Choose(Ptr<const Packet> packet, const Ipv4Header& header)
    {
        TcpHeader tcp;
        packet->PeekHeader(tcp);
        uint64_t hosts = (uint64_t(header.GetSource().Get()) << 32) + header.GetDestination().Get();
        uint64_t ports = (uint64_t(tcp.GetSourcePort()) << 16) + tcp.GetDestinationPort();
        uint64_t pair = Mix(Mix(hosts) + ports);
        uint32_t index = tcp.GetDestinationPort() - 1u;
        bool isData = index < g_fabric.flows.size() && packet->GetSize() > SEGMENT;
        uint32_t spine = 0;
        if (g_fabric.mode == "hosts")
            spine = Mix(Mix(g_fabric.seed) + hosts) % g_fabric.spines;
        else if (g_fabric.mode == "spray")
            spine = chance->GetInteger(0, g_fabric.spines - 1);
        else if (g_fabric.mode == "given" && isData)
            spine = g_fabric.flows[index].spine;
        else if (g_fabric.mode == "least" && isData)
            spine = Least(pair);
        else
            spine = Mix(Mix(g_fabric.seed) + pair) % g_fabric.spines;
        uplinks[spine].Send(Simulator::Now().GetNanoSeconds(), packet->GetSize());
        if (isData && g_fabric.flows[index].first < 0)
            g_fabric.flows[index].first = spine;
        return spine;
    }

    uint32_t Least(uint64_t pair)
    {
        auto now = Simulator::Now();
        auto place = flowlets.find(pair);
        if (place != flowlets.end() && now - place->second.second < GAP)
        {
            place->second.second = now;
            return place->second.first;
        }
        uint32_t best = 0, offset = chance->GetInteger(0, up.size() - 1);
        double least = INFINITY;
        for (uint32_t at = 0; at < up.size(); at++)
        {
            uint32_t spine = (at + offset) % up.size();
            double load = uplinks[spine].Load(now.GetNanoSeconds());
            if (load < least)
                least = load, best = spine;
        }
        flowlets[pair] = {best, now};
        return best;
    }

    void NotifyInterfaceUp(uint32_t) override {}
    void NotifyInterfaceDown(uint32_t) override {}
    void NotifyAddAddress(uint32_t, Ipv4InterfaceAddress) override {}
    void NotifyRemoveAddress(uint32_t, Ipv4InterfaceAddress) override {}
    void SetIpv4(Ptr<Ipv4>) override {}
    void PrintRoutingTable(Ptr<OutputStreamWrapper>, Time::Unit) const override {}
};

// Acknowledgements go first and are not marked, as RoCE fabrics have a class for them.
class DataLast : public PacketFilter
{
    bool CheckProtocol(Ptr<QueueDiscItem>) const override
    {
        return true;
    }

    int32_t DoClassify(Ptr<QueueDiscItem> item) const override
    {
        return item->GetPacket()->GetSize() < 200 ? 0 : 1;
    }
};

void
Receive(uint32_t index, Ptr<const Packet> packet, const Address&)
{
    Flow& flow = g_fabric.flows[index];
    flow.received += packet->GetSize();
    if (flow.received < flow.bytes)
        return;
    flow.end = Simulator::Now().GetNanoSeconds();
    if (--g_fabric.open == 0)
        Simulator::Stop();
}

void
Configure()
{
    Config::SetDefault("ns3::TcpL4Protocol::SocketType", TypeIdValue(TcpDctcp::GetTypeId()));
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(SEGMENT));
    Config::SetDefault("ns3::TcpSocket::InitialCwnd", UintegerValue(WINDOW));
    Config::SetDefault("ns3::TcpSocket::DelAckCount", UintegerValue(1));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(1 << 26));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(1 << 26));
    Config::SetDefault("ns3::TcpSocketBase::Timestamp", BooleanValue(false));
    // Receivers place packets out of order: nothing is sent again for it.
    Config::SetDefault("ns3::TcpSocketBase::Sack", BooleanValue(true));
    Config::SetDefault("ns3::TcpSocketBase::ReTxThreshold", UintegerValue(100000));
    Config::SetDefault("ns3::PointToPointNetDevice::Mtu", UintegerValue(SEGMENT + 40));
    Config::SetDefault("ns3::RedQueueDisc::UseEcn", BooleanValue(true));
    Config::SetDefault("ns3::RedQueueDisc::UseHardDrop", BooleanValue(false));
    Config::SetDefault("ns3::RedQueueDisc::QW", DoubleValue(1));
    Config::SetDefault("ns3::RedQueueDisc::MeanPktSize", UintegerValue(SEGMENT + 40));
    Config::SetDefault("ns3::RedQueueDisc::MaxSize", QueueSizeValue(QueueSize("100000p")));
    Config::SetDefault("ns3::RedQueueDisc::MinTh", DoubleValue(MARK_AT));
    Config::SetDefault("ns3::RedQueueDisc::MaxTh", DoubleValue(MARK_AT));
    Config::SetDefault("ns3::RedQueueDisc::LinkBandwidth", DataRateValue(RATE));
    Config::SetDefault("ns3::RedQueueDisc::LinkDelay", TimeValue(DELAY));
}

void
Read(std::istream& input)
{
    std::string word;
    while (input >> word)
    {
        if (word == "fabric")
            input >> g_fabric.hosts >> g_fabric.leaves >> g_fabric.spines >> g_fabric.mode >>
                g_fabric.seed;
        else if (word == "host")
            input >> g_fabric.leafOf.emplace_back();
        else if (word == "flow")
        {
            Flow flow{0, 0, 0, 0, 0, -1, 0, 0};
            input >> flow.source >> flow.target >> flow.bytes >> flow.spine;
            g_fabric.flows.push_back(flow);
        }
    }
    g_fabric.open = g_fabric.flows.size();
}
} // namespace

int
main()
{
    Read(std::cin);
    RngSeedManager::SetSeed(1 + g_fabric.seed);
    Configure();

    NodeContainer nodes;
    nodes.Create(g_fabric.hosts + g_fabric.leaves + g_fabric.spines);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    std::vector<Ptr<Routes>> routes;
    for (uint32_t at = 0; at < nodes.GetN(); at++)
    {
        auto node = CreateObject<Routes>();
        node->kind = at < g_fabric.hosts                     ? Routes::HOST
                     : at < g_fabric.hosts + g_fabric.leaves ? Routes::LEAF
                                                             : Routes::SPINE;
        node->number = node->kind == Routes::LEAF ? at - g_fabric.hosts : at;
        routes.push_back(node);
        nodes.Get(at)->GetObject<Ipv4>()->SetRoutingProtocol(node);
    }

    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", DataRateValue(RATE));
    link.SetChannelAttribute("Delay", TimeValue(DELAY));
    link.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("1p"));
    TrafficControlHelper red;
    auto root = red.SetRootQueueDisc("ns3::PrioQueueDisc");
    auto classes = red.AddQueueDiscClasses(root, 2, "ns3::QueueDiscClass");
    red.AddChildQueueDisc(root, classes[0], "ns3::FifoQueueDisc");
    red.AddChildQueueDisc(root, classes[1], "ns3::RedQueueDisc");
    QueueDiscContainer queues;
    uint32_t address = 0xc0000001;
    auto connect = [&](uint32_t low, uint32_t high) {
        auto devices = link.Install(nodes.Get(low), nodes.Get(high));
        auto ofLink = red.Install(devices);
        queues.Add(ofLink);
        for (uint32_t end = 0; end < 2; end++)
            ofLink.Get(end)->AddPacketFilter(CreateObject<DataLast>());
        for (uint32_t end = 0; end < 2; end++)
        {
            auto ipv4 = devices.Get(end)->GetNode()->GetObject<Ipv4>();
            auto interface = ipv4->AddInterface(devices.Get(end));
            auto own = low < g_fabric.hosts && end == 0 ? AddressOf(low) : Ipv4Address(address++);
            ipv4->AddAddress(interface, Ipv4InterfaceAddress(own, Ipv4Mask::GetOnes()));
            ipv4->SetUp(interface);
        }
        routes[low]->up.push_back(devices.Get(0));
        routes[low]->uplinks.emplace_back().queue = ofLink.Get(0);
        routes[high]->down[low < g_fabric.hosts ? low : low - g_fabric.hosts] = devices.Get(1);
    };
    for (uint32_t host = 0; host < g_fabric.hosts; host++)
        connect(host, g_fabric.hosts + g_fabric.leafOf[host]);
    for (uint32_t leaf = 0; leaf < g_fabric.leaves; leaf++)
        for (uint32_t spine = 0; spine < g_fabric.spines; spine++)
            connect(g_fabric.hosts + leaf, g_fabric.hosts + g_fabric.leaves + spine);

    auto chance = CreateObject<UniformRandomVariable>();
    for (uint32_t index = 0; index < g_fabric.flows.size(); index++)
    {
        Flow& flow = g_fabric.flows[index];
        InetSocketAddress target(AddressOf(flow.target), index + 1);
        PacketSinkHelper sink("ns3::TcpSocketFactory", target);
        auto sinks = sink.Install(nodes.Get(flow.target));
        sinks.Get(0)->TraceConnectWithoutContext("Rx", MakeCallback(&Receive).Bind(index));
        BulkSendHelper sender("ns3::TcpSocketFactory", target);
        sender.SetAttribute("MaxBytes", UintegerValue(flow.bytes));
        sender.SetAttribute("SendSize", UintegerValue(SEGMENT));
        auto senders = sender.Install(nodes.Get(flow.source));
        auto begin = NanoSeconds(int64_t(1000 + chance->GetValue(0, START_NS)));
        senders.Start(begin);
        flow.begin = begin.GetNanoSeconds();
    }

    Simulator::Stop(Seconds(2));
    Simulator::Run();
    uint64_t marks = 0, drops = 0;
    for (uint32_t at = 0; at < queues.GetN(); at++)
    {
        marks += queues.Get(at)->GetStats().nTotalMarkedPackets;
        drops += queues.Get(at)->GetStats().nTotalDroppedPackets;
    }
    for (const Flow& flow : g_fabric.flows)
        std::cout << flow.begin << " " << flow.end << " " << flow.first << "\n";
    std::cout << "marks " << marks << "\ndrops " << drops << "\n";
    return g_fabric.open == 0 ? 0 : 1;
}
