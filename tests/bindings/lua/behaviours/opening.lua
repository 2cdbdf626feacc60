-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: opening a capture, and the errors of open.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"
local nflogcap = require "nflogcap"

local EPERM = 1
local unpack = table.unpack or unpack
local PORT, capturing, logged, numbered, test
  = harness.PORT, harness.capturing, harness.logged, harness.numbered, harness.test
local LONG, equal, failed, refused = live.LONG, live.equal, live.failed, live.refused

function test.open()
  for _, options in ipairs { 5, { groups = 5 }, { groups = { 5 } } } do
    logged(options, "group 5", function(capture)
      live.send(PORT, unpack(numbered(100)))
      for i = 1, 100 do equal(live.udp_payload(capture:next(LONG)), tostring(i)) end
    end)
  end
end

function test.busy_group()
  capturing(5, function()
    local why = failed(function() return nflogcap.open { groups = { 6, 5 } } end, "group 5",
      "(this process)")
    equal(why.errno, EPERM)
    equal(live.bound_groups(), "5")
  end)
end

function test.permission()
  equal(failed(function() return nflogcap.open(5) end, "CAP_NET_ADMIN", "group 5").errno, EPERM)
end

function test.options()
  logged({
    groups = 5,
    snaplen = 24,
    delivery = nflogcap.IMMEDIATE,
    queue_threshold = 1,
    flush_timeout = 0,
    batch_size = 8192,
    socket_buffer = 65536,
    conntrack = false,
    netns = "/proc/self/ns/net",
    filter = "udp",
  }, "group 5", function(capture)
    live.send(PORT, ("x"):rep(100))
    local packet = capture:next(LONG)
    equal(#packet.payload, 24)
    equal(packet.wire_length, 128)
    equal(capture:stats().delivery, nflogcap.IMMEDIATE)
    equal(capture:stats().socket_buffer, 2 * 65536)
    equal(capture:stats().socket_buffer_used, 0)
  end)
end

function test.bad_values()
  for _, case in ipairs {
    { "five", "a table of options or a group" },
    { { groups = "five" }, "groups must be an integer, not a string" },
    { {}, "no group" },
    { { groups = 5.5 }, "groups must be an integer, not a fraction" },
    { { groups = 0 / 0 }, "groups must be an integer" },
    { { groups = { 5, "6" } }, "groups must be an integer, not a string" },
    { { groups = { five = 5 } }, "from 1 on" },
    { { groups = -1 }, "cannot set the groups to -1: it must be 0 to 65535" },
    { { groups = 65536 }, "cannot set the groups to 65536" },
    { { groups = 1e300 }, "cannot set the groups to" },
    { { groups = {} }, "no group" },
    { { groups = { 5, 5 } }, "group 5: it was added before" },
    { { groups = 5, snaplen = -1 }, "cannot set the snaplen to -1: it must be 0 to 65531 bytes" },
    { { groups = 5, snaplen = 65532 }, "cannot set the snaplen to 65532" },
    { { groups = 5, snaplen = 9.5 }, "snaplen must be an integer, not a fraction" },
    { { groups = 5, snaplen = "96" }, "snaplen must be an integer, not a string" },
    { { groups = 5, socket_buffer = 2 ^ 64 }, "cannot set the socket_buffer to 18446744073709551616" },
    { { groups = 5, delivery = 77 }, "77" },
    { { groups = 5, conntrack = 1 }, "conntrack must be a boolean, not a number" },
    { { groups = 5, netns = 1 }, "netns must be a string, not a number" },
  } do
    refused(function() nflogcap.open(case[1]) end, case[2])
  end
  failed(function() return nflogcap.open { groups = 5, netns = "/no/such/file" } end, "/no/such/file")
  equal(live.bound_groups(), "")
  nflogcap.open({ groups = 5.0, snaplen = 96.0 }):close() -- 5.0 and 96.0 are integers
end

function test.unknown_option()
  refused(function() nflogcap.open { groups = 5, snap_len = 96 } end, "'snap_len'", "'snaplen'")
  refused(function() nflogcap.open { 5 } end, "'1'")
  equal(live.bound_groups(), "")
end

function test.netns()
  local holder = live.output "unshare --net sleep 60 >/dev/null 2>&1 & echo $!"
  local path = ("/proc/%s/ns/net"):format(holder)
  local done, why = pcall(function()
    local here = live.output "readlink /proc/self/ns/net"
    repeat until live.output("readlink " .. path) ~= here
    local inside = "nsenter --net=" .. path .. " "
    live.run("%sip link set lo up", inside)
    live.run("%s%s 'table ip t { chain c { type filter hook output priority 0; udp dport %d log group 5; }; }'",
      inside, os.getenv "NFLOGCAP_TEST_NFT", PORT)
    capturing({ groups = 5, netns = path }, function(capture)
      capturing(5, function() -- in this namespace group 5 is free
        live.run("%s%s %d 6869", inside, os.getenv "NFLOGCAP_TEST_SEND_UDP", PORT)
        equal(live.udp_payload(capture:next(LONG)), "hi")
      end)
    end)
  end)
  live.run("kill %s", holder)
  if not done then error(why, 0) end
end

harness.run(arg)
