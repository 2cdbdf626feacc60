-- SPDX-License-Identifier: GPL-2.0-or-later
--- The behaviours of ../behaviours.txt, in Lua.

package.path = arg[0]:gsub("[^/]*$", "") .. "?.lua;" .. package.path
local live = require "live"
local nflogcap = require "nflogcap"

local PORT = 4900
local LO = 1
local EPERM, EBADMSG = 1, 74
local NFULA_TIMESTAMP, NFULA_SEQ, NFULA_SEQ_GLOBAL = 3, 12, 13
local equal, raises, LONG = live.equal, live.raises, live.LONG
local refused, failed = live.refused, live.failed

local tests, names = {}, {}
local test = setmetatable({}, {
  __newindex = function(_, name, body)
    names[#names + 1] = name
    tests[name] = body
  end,
})

--- Opens a capture, calls the function with it and closes it whatever happens.
local function capturing(options, body)
  local capture = nflogcap.open(options)
  local done, why = pcall(body, capture)
  capture:close()
  if not done then error(why, 0) end
end

local function logged(options, log, body, how)
  live.with_rule(PORT, log, function() capturing(options, body) end, how)
end

local function numbered(count)
  local payloads = {}
  for i = 1, count do payloads[i] = tostring(i) end
  return payloads
end

local unpack = table.unpack or unpack

--- The big-endian number that the bytes are.
local function number(bytes)
  local value = 0
  for i = 1, #bytes do value = value * 256 + bytes:byte(i) end
  return value
end

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
  nflogcap.open({ groups = 5.0, snaplen = 96.0 }):close() -- which is an integer
end

function test.filter()
  logged({ groups = 5, filter = "udp[8] = 0x61" }, "group 5", function(capture)
    local function payload() return live.udp_payload(capture:next(LONG)) end
    live.send(PORT, "b", "a1", "b", "a2", "b3", "a4")
    equal(payload(), "a1")
    equal(payload(), "a2")
    capture:set_filter "udp[8] = 0x62"
    equal(payload(), "b3")
    for _, empty in ipairs { false, "" } do
      capture:set_filter "tcp"
      live.send(PORT, "c")
      equal(capture:next(0.1), nil)
      capture:set_filter(empty or nil)
      live.send(PORT, "d")
      equal(payload(), "d")
    end
    local stats = capture:stats()
    equal(stats.received, 10)
    equal(stats.delivered, 5)
    equal(stats.filtered, 5)
    equal(stats.lost, 0)
  end)
end

function test.wrong_filter()
  refused(function() nflogcap.open { groups = 5, filter = "udp prt 53" } end, "'udp prt 53'",
    "syntax error")
  equal(live.bound_groups(), "")
  logged({ groups = 5, filter = "udp[8] = 0x61" }, "group 5", function(capture)
    for _, case in ipairs {
      { "udp prt 53", "syntax error" },
      { "udp and tcp", "rejects all packets" },
      { "udp\0port", "NUL" },
      { 5, "filter must be a string, not a number" },
      { {}, "filter must be a string, not a table" },
      { false, "filter must be a string, not a boolean" },
    } do
      refused(function() capture:set_filter(case[1]) end, case[2])
    end
    live.send(PORT, "b", "a")
    equal(live.udp_payload(capture:next(LONG)), "a")
  end)
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
      capturing(5, function() -- here it is free
        live.run("%s%s %d 6869", inside, os.getenv "NFLOGCAP_TEST_SEND_UDP", PORT)
        equal(live.udp_payload(capture:next(LONG)), "hi")
      end)
    end)
  end)
  live.run("kill %s", holder)
  if not done then error(why, 0) end
end

local function ruleset()
  return live.output(os.getenv "NFLOGCAP_TEST_NFT" .. " list ruleset")
end

function test.tap()
  local before = ruleset()
  local udp = "udp dport " .. PORT
  for _, case in ipairs { { udp, 1 }, { { udp, ("udp dport { %d, 9 }"):format(PORT) }, 2 } } do
    capturing({ tap = case[1], hook = "output", snaplen = 96 }, function(capture)
      equal(capture:tap_group(), 65535)
      live.send(PORT, "tapped")
      for _ = 1, case[2] do
        local packet = capture:next(LONG)
        equal(packet.group, 65535)
        equal(packet.hook, 3)
        equal(live.udp_payload(packet), "tapped")
      end
      assert(ruleset():find("nflogcap-65535", 1, true))
    end)
  end
  capturing({ groups = 5, tap = udp, hook = "ingress:lo" }, function(capture)
    equal(capture:tap_group(), 5)
  end)
  capturing({ tap = "" }, function(capture)
    live.send(PORT, "anything")
    equal(capture:next(LONG).hook, 3)
    equal(capture:next(LONG).hook, 0)
  end)
  capturing(5, function(capture) equal(capture:tap_group(), nil) end)
  equal(ruleset(), before)
end

function test.bad_tap()
  for _, case in ipairs {
    { { tap = "udp dprt 9" }, "nft says", "at 'dprt'" },
    { { tap = "udp dport 9 drop" }, "at 'drop'" },
    { { tap = "meta mark set 5" }, "does more than match" },
    { { tap = "udp dport 9; drop" }, "this has ;" },
    { { tap = "udp dport 9\0" }, "tap contains a NUL" },
    { { tap = 9 }, "tap must be a string, not a number" },
    { { tap = { "udp", 9 } }, "tap must be a string, not a number" },
    { { tap = "udp", hook = "somewhere" }, "cannot tap at 'somewhere'" },
    { { tap = "udp", hook = "input\0" }, "hook contains a NUL" },
    { { tap = "udp", hook = 1 }, "hook must be a string, not a number" },
    { { groups = 5, hook = "input" }, "has no tap" },
    { { tap = {} }, "no group" },
  } do
    refused(function() nflogcap.open(case[1]) end, case[2], case[3])
  end
  failed(function() return nflogcap.open { tap = "udp", hook = "ingress:eth7" } end, "no such device")
  equal(live.bound_groups(), "")
  equal(ruleset(), "")
end

function test.iterate()
  logged(5, "group 5", function(capture)
    live.send(PORT, unpack(numbered(1000)))
    capture:stop()
    local count = 0
    for packet in capture:packets() do
      count = count + 1
      equal(live.udp_payload(packet), tostring(count))
    end
    equal(count, 1000)
    equal(capture:ended(), true)
    for _ in capture:packets() do error "it has ended" end
  end)
end

function test.close_in_loop()
  -- No other thread and no handler can close it while the loop waits.
  logged(5, "group 5", function(capture)
    live.send(PORT, "first", "second")
    local taken = {}
    for packet in capture:packets() do
      taken[#taken + 1] = live.udp_payload(packet)
      capture:close()
    end
    equal(table.concat(taken, " "), "first")
  end)
end

function test.error_in_loop()
  logged(5, "group 5", function(capture)
    live.send(PORT, "first", "second")
    raises(function()
      for packet in capture:packets() do
        equal(live.udp_payload(packet), "first")
        error "mine"
      end
    end, "mine")
    equal(live.udp_payload(capture:next(LONG)), "second")
  end)
end

function test.several_groups()
  live.with_rule(PORT + 1, "group 65535", function()
    logged({ groups = { 5, 65535 } }, "group 5", function(capture)
      live.send(PORT, "a", "b")
      live.send(PORT + 1, "c")
      local seen = { [5] = "", [65535] = "" }
      for _ = 1, 3 do
        local packet = capture:next(LONG)
        seen[packet.group] = seen[packet.group] .. live.udp_payload(packet)
      end
      equal(seen[5], "ab")
      equal(seen[65535], "c")
      equal(capture:group_stats(5).received, 2)
      equal(capture:group_stats(65535).received, 1)
      equal(capture:stats().received, 3)
      refused(function() capture:group_stats(7) end, "group 7")
      refused(function() capture:group_stats() end, "group must be an integer")
    end)
  end)
end

function test.absent_fields()
  logged(5, "group 5", function(capture)
    live.send_and_ignore_refusal(PORT, "hi")
    local packet = capture:next(LONG)
    equal(packet.uid, 0)
    equal(packet.gid, 0)
    equal(packet.outdev, LO)
    equal(packet.prefix, "")
    for _, name in ipairs { "mark", "indev", "indev_name", "physindev", "physoutdev", "hw_type",
      "hw_address", "hw_header", "l2_header", "vlan_tci", "vlan_protocol", "ct", "ct_info" } do
      equal(packet[name], nil)
    end
    equal(math.floor(packet.present / nflogcap.HAS_MARK) % 2 == 1, false)
    equal(math.floor(packet.present / nflogcap.HAS_UID) % 2 == 1, true)
    equal(packet:attribute(2), nil)
    refused(function() packet:attribute(65536) end, "type 65536 is out of range")
    refused(function() packet:attribute() end, "type must be an integer")
    refused(function() packet.attribute(5, 1) end, "colon")
    refused(function() packet.mark = 1 end, "cannot be changed")
  end, { hook = "output" })
end

local function logged_packet(log, payload)
  local packet
  logged(5, log or "group 5", function(capture)
    live.send(PORT, payload or "x")
    packet = capture:next(LONG)
  end)
  return packet
end

function test.unknown_field()
  local packet = logged_packet()
  refused(function() return packet.payloda end, "no field 'payloda'; did you mean 'payload'?")
  refused(function() return packet[1] end, "no field")
end

function test.dissection()
  local packet = logged_packet()
  equal(packet.source, "127.0.0.1")
  equal(packet.destination, "127.0.0.1")
  equal(packet.ip_version, 4)
  equal(packet.protocol, 17)
  equal(packet.destination_port, PORT)
  equal(packet.source_port, number(packet.payload:sub(21, 22)))
  for _, name in ipairs { "tcp_flags", "icmp_type", "vlan_ids", "fragment_id" } do
    equal(packet[name], nil)
  end
  capturing({ groups = 5, tap = "icmp", hook = "output" }, function(capture)
    live.send(PORT, "nobody listens")
    local refusal = capture:next(LONG)
    equal(refusal.protocol, 1)
    equal(refusal.icmp_type, 3)
    equal(refusal.icmp_code, 3)
    equal(refusal.source_port, nil)
  end)
end

function test.text()
  local line = tostring(logged_packet 'prefix "web: " group 5')
  for _, part in ipairs { "group 5", "web: ", "in lo", "UDP 127.0.0.1:", " > 127.0.0.1:" .. PORT } do
    if not line:find(part, 1, true) then error(line) end
  end
  equal(line:find("\n", 1, true), nil)
end

-- Lua has no JSON library of its own.
function test.json()
  local packet = logged_packet('prefix "\255\\\\" group 5', "\0")
  local said = packet:to_json()
  equal(said:match "^{.*}$", said)
  equal(said:find("\n", 1, true), nil)
  equal(said:find("icmp_type", 1, true), nil)
  for _, name in ipairs { "group", "destination_port", "wire_length", "indev" } do
    equal(tonumber(said:match('"' .. name .. '":(%d+)')), packet[name])
  end
  equal(said:match '"source":"([^"]*)"', packet.source)
  equal(said:match '"payload":"([^"]*)"', live.hex(packet.payload))
end

-- pairs(packet) visits the fields from Lua 5.2 on.
function test.all_fields()
  local packet = logged_packet 'prefix "all: " group 5'
  local fields, count = packet:to_table(), 0
  for name, value in pairs(fields) do
    if name ~= "vlan_ids" then equal(packet[name], value) end
    count = count + 1
  end
  if count < 20 then error(count) end
  equal(fields.prefix, "all: ")
  equal(fields.destination_port, PORT)
  equal(fields.indev_name, "lo")
  equal(fields.icmp_type, nil)
  if _VERSION ~= "Lua 5.1" then
    for name, value in pairs(packet) do
      equal(fields[name], value)
      count = count - 1
    end
    equal(count, 0)
  end
end

local function sum_of_sizes(batches)
  local sum = 0
  for batch in batches do sum = sum + #batch end
  return sum
end

function test.batch()
  logged(5, 'prefix "many: " group 5', function(capture)
    equal(capture:read_batch(0), nil)
    live.send(PORT, unpack(numbered(100)))
    capture:stop()
    local batch = capture:read_batch(LONG)
    equal(#batch, 100)
    equal(tostring(batch), "<nflogcap.Batch: 100 packets>")
    for i = 1, 100 do equal(live.udp_payload(batch[i]), tostring(i)) end
    for _, none in ipairs { 0, 101, -1, 1.5, 2 ^ 53, "x" } do equal(batch[none], nil) end
    for _, name in ipairs(live.names_of(batch[1])) do
      local column = batch:column(name)
      equal(#column, 100)
      for i = 1, 100 do
        if name ~= "vlan_ids" then equal(column[i], batch[i][name]) end
      end
    end
    local payloads = batch:payloads()
    equal(#payloads, 100)
    equal(payloads[7], batch[7].payload)
    equal(#batch:column "uid", 100)
    equal(batch:column("uid")[1], false)
    refused(function() batch:column "marc" end, "no field 'marc'; did you mean 'mark'?")
    refused(function() batch:column() end, "no field")
    refused(function() batch.payloads(capture) end, "with a colon")
    refused(function() batch.column(io.stdout, "mark") end, "with a colon")
    equal(capture:read_batch(), nil)
    equal(capture:ended(), true)
    capture:close()
    refused(function() capture:read_batch() end, "the capture is closed")
    collectgarbage()
    collectgarbage()
    equal(batch[100].indev_name, "lo")
  end, { before = "meta mark set 7" })
end

function test.loop_of_batches()
  logged(5, "group 5", function(capture)
    live.send_count(PORT, 1000)
    capture:stop()
    equal(sum_of_sizes(capture:batches()), 1000)
    equal(sum_of_sizes(capture:batches()), 0)
    capture:close()
    refused(function() capture:batches() end, "the capture is closed")
  end)
  logged(5, "group 5", function(capture)
    capture:wakeup()
    equal(sum_of_sizes(capture:batches()), 0)
    live.send(PORT, "x")
    for batch in capture:batches() do
      equal(#batch, 1)
      capture:close()
    end
  end)
end

local HOSTILE = "a\27[31m\194\155\226\128\174\127"
local ESCAPED = "a\\x1b[31m\\xc2\\x9b\\xe2\\x80\\xae\\x7f"

-- Of all that HOSTILE has of them.
local function require_harmless(text)
  if text:find "[%c\155\174]" then error(("%q controls a terminal"):format(text), 2) end
end

function test.hostile_text()
  local packet = logged_packet('prefix "' .. HOSTILE .. '" group 5')
  for _, call in ipairs {
    function() nflogcap.open { groups = 5, filter = HOSTILE } end,
    function() nflogcap.open { groups = 5, delivery = HOSTILE } end,
    function() nflogcap.open { groups = 5, tap = "udp", hook = HOSTILE } end,
    function() nflogcap.open { groups = 5, [HOSTILE] = 1 } end,
    function() return packet[HOSTILE] end,
  } do
    require_harmless(refused(call, ESCAPED).message)
  end
  for _, call in ipairs {
    function() return nflogcap.open { groups = 5, netns = "/no/such/" .. HOSTILE } end,
    function() return nflogcap.open { savefile = "/no/such/" .. HOSTILE } end,
    function() return nflogcap.dump_open("/no/such/" .. HOSTILE) end,
  } do
    require_harmless(failed(call, ESCAPED).message)
  end
  equal(packet.prefix, HOSTILE)
  equal(tostring(packet):find(ESCAPED, 1, true) ~= nil, true)
  require_harmless(tostring(packet))
  equal(packet:to_json():match '"prefix":"([^"]*)"', "a\\u001b[31m\\u009b\\u202e\\u007f")
  require_harmless(packet:to_json())
end

function test.interface_names()
  local incoming, outgoing
  live.with_rule(PORT + 1, "group 5", function()
    logged(5, "group 5", function(capture)
      live.send(PORT, "in")
      incoming = capture:next(LONG)
      live.send_and_ignore_refusal(PORT + 1, "out")
      outgoing = capture:next(LONG)
    end)
  end, { hook = "output" })
  equal(incoming.indev, LO)
  equal(incoming.indev_name, "lo")
  equal(incoming.outdev_name, nil)
  equal(outgoing.outdev_name, "lo")
  equal(outgoing.indev_name, nil)
end

function test.binary_payload()
  local bytes = {}
  for byte = 0, 255 do bytes[byte + 1] = string.char(byte) end
  local payload = table.concat(bytes) .. "\0\0"
  logged(5, 'prefix "a\255\128b" group 5', function(capture)
    live.send(PORT, payload)
    local packet = capture:next(LONG)
    equal(live.udp_payload(packet), payload)
    equal(packet.prefix, "a\255\128b")
    equal(packet:frame(), packet.hw_header .. packet.payload)
  end)
end

function test.big_integers()
  logged(5, "group 5", function(capture)
    live.send(PORT, "a", "b")
    for i = 0, 1 do
      local packet = capture:next(LONG)
      local stamp = packet:attribute(NFULA_TIMESTAMP)
      local seconds, microseconds = number(stamp:sub(1, 8)), number(stamp:sub(9, 16))
      equal(packet.timestamp_ns, seconds * 1000000000 + microseconds * 1000)
      equal(math.abs(seconds - os.time()) < 60, true)
      equal(packet.mark, 0xffffffff)
      equal(packet.seq, i)
      equal(packet.seq, number(packet:attribute(NFULA_SEQ)))
      equal(packet.seq_global, number(packet:attribute(NFULA_SEQ_GLOBAL)))
    end
  end, { before = "meta mark set 0xffffffff" })
end

function test.timeout()
  capturing(5, function(capture)
    for _, timeout in ipairs { 0, 0.25 } do
      local before = live.now()
      equal(capture:next(timeout), nil)
      local took = live.now() - before
      if took < timeout or took > timeout + 5 then error(took .. " seconds") end
    end
    refused(function() capture:next(-1) end, "timeout -1")
    refused(function() capture:next(0 / 0) end, "timeout")
    refused(function() capture:next "1" end, "not a string")
    equal(capture:ended(), false)
  end)
end

function test.wakeup()
  logged(5, "group 5", function(capture)
    capture:wakeup()
    capture:wakeup()
    equal(capture:next(LONG), nil)
    equal(capture:ended(), false)
    capture:wakeup()
    for _ in capture:packets() do error "there is none" end
    live.send(PORT, "still there")
    equal(live.udp_payload(capture:next(LONG)), "still there")
  end)
end

function test.interrupt()
  -- The stand-alone interpreter's handler of SIGINT raises "interrupted!" once; and so in
  -- interpreters of their own.
  for _, wait in ipairs { "capture:next()", "for _ in capture:packets() do end", "capture:read_batch()",
    "for _ in capture:batches() do end" } do
    local said = live.said_by(([[
      local capture = require "nflogcap".open(5)
      os.execute "(sleep 0.2; kill -INT $PPID) >/dev/null 2>&1 &"
      local done, why = pcall(function() %s end)
      print(done, (tostring(why):gsub("^.*: ", "")), capture:next(0), capture:ended())
    ]]):format(wait), 20)
    equal(said, "false\tinterrupted!\tnil\tfalse")
  end
end

function test.rejected_flood()
  local terms = {} -- each is true of no packet, and costs time
  for at = 16, 71 do
    for value = 1, 8 do terms[#terms + 1] = ("udp[%d] = %d"):format(at, value) end
  end
  local program = ([[
    local capture = require "nflogcap".open { groups = 5, filter = "%s" }
    while capture:stats().filtered < 10000 do capture:next(0.1) end
    local begun = os.time()
    print(capture:next(0), capture:next(0.2), os.time() - begun < 5)
    os.execute "(sleep 0.2; kill -INT $PPID) >/dev/null 2>&1 &"
    local done, why = pcall(function() capture:next(%d) end)
    print(done, (tostring(why):gsub("^.*: ", "")), os.time() - begun < 5)
  ]]):format(table.concat(terms, " or "), LONG)
  live.with_rule(PORT, "group 5", function()
    local flood = live.output(("%s %d --count 100000000 >/dev/null 2>&1 & echo $!")
      :format(os.getenv "NFLOGCAP_TEST_SEND_UDP", PORT))
    local said = live.said_by(program, 30)
    live.run("kill %s", flood)
    equal(said, "nil\tnil\ttrue\nfalse\tinterrupted!\ttrue")
  end)
end

function test.stop()
  logged({ groups = 5, flush_timeout = 3600000 }, "group 5", function(capture)
    live.send(PORT, "held")
    capture:stop()
    equal(live.udp_payload(capture:next(LONG)), "held")
    equal(capture:ended(), false)
    equal(capture:next(), nil)
    equal(capture:ended(), true)
    equal(capture:next(), nil)
  end)
end

function test.loss()
  local sent = 20000
  logged({ groups = 5, socket_buffer = 4096, batch_size = 4096 }, "group 5", function(capture)
    live.send_count(PORT, sent)
    os.execute "sleep 0.1" -- the kernel flushes what it gathered
    local seen, lost = 0, 0
    local function count(packet) seen, lost = seen + 1, lost + packet.lost_before end
    for packet in function() return capture:next(0) end do count(packet) end
    live.send(PORT, "the last shows the gap before it")
    capture:stop()
    for packet in capture:packets() do count(packet) end
    local stats = capture:stats()
    equal(stats.lost > 0, true)
    equal(seen + lost, sent + 1)
    equal(stats.received, seen)
    equal(stats.lost, lost)
  end)
end

function test.event_wait()
  local socket = require "socket"
  logged(5, "group 5", function(capture)
    local function readable(timeout) return #socket.select({ capture }, nil, timeout) == 1 end
    equal(readable(0), false)
    live.send(PORT, unpack(numbered(10)))
    for i = 1, 10 do -- what the kernel delivers in one batch is queued in the library
      equal(readable(LONG), true)
      equal(live.udp_payload(capture:next(0)), tostring(i))
    end
    equal(readable(0.05), false)
    capture:stop()
    equal(readable(LONG), true)
  end)
end

function test.two_captures()
  live.with_rule(PORT + 1, "group 6", function()
    logged(5, "group 5", function(first)
      capturing(6, function(second)
        live.send(PORT + 1, "second")
        live.send(PORT, "first")
        equal(live.udp_payload(first:next(LONG)), "first")
        equal(live.udp_payload(second:next(LONG)), "second")
        equal(first:next(0), nil)
        equal(second:next(0), nil)
      end)
    end)
  end)
end

function test.packet_outlives()
  live.with_rule(PORT, 'prefix "kept: " group 5', function()
    local capture = nflogcap.open(5)
    live.send(PORT, "kept")
    local packet = capture:next(LONG)
    capture:close()
    capture = nil
    collectgarbage()
    collectgarbage()
    equal(live.udp_payload(packet), "kept")
    equal(packet.prefix, "kept: ")
    equal(packet.group, 5)
    equal(packet:frame():sub(-4), "kept")
    equal(packet.source, "127.0.0.1")
    equal(tostring(packet):find('"kept: " in lo', 1, true) ~= nil, true)
  end)
end

--- Calls the function with a savefile of a packet to each of the groups, and with the packets.
local function recorded(groups, body)
  local packets = {}
  for _, group in ipairs(groups) do
    logged({ groups = group }, ('prefix "kept: " group %d'):format(group), function(capture)
      live.send(PORT, ("x"):rep(100))
      packets[#packets + 1] = capture:next(LONG)
    end)
  end
  local path = os.tmpname()
  local dump = nflogcap.dump_open(path)
  equal(tostring(dump), "<nflogcap.Dump: open>")
  for _, packet in ipairs(packets) do dump:write(packet) end
  equal(dump:written(), 0)
  dump:flush()
  equal(dump:written(), #packets)
  local file = assert(io.open(path, "rb"))
  equal(dump:position(), file:seek "end")
  file:close()
  dump:close()
  local done, why = pcall(body, path, packets)
  os.remove(path)
  if not done then error(why, 0) end
end

--- The numbers of the groups of the packets that are left.
local function groups_of(capture)
  local groups = {}
  for packet in capture:packets() do groups[#groups + 1] = packet.group end
  return table.concat(groups, " ")
end

function test.savefile()
  recorded({ 5, 5 }, function(path, packets)
    capturing({ savefile = path }, function(capture)
      for _, packet in ipairs(packets) do
        local again = capture:next()
        local names = live.names_of(packet)
        for _, name in ipairs(names) do
          if name ~= "vlan_ids" and not name:find "_name$" then equal(again[name], packet[name]) end
        end
        equal(again.indev_name, nil)
      end
      equal(capture:next(), nil)
      equal(capture:ended(), true)
    end)
  end)
end

function test.savefile_groups()
  recorded({ 5, 6, 5 }, function(path)
    capturing({ groups = 5, savefile = path }, function(capture)
      equal(groups_of(capture), "5 5")
      local stats = capture:stats()
      equal(stats.received, 3)
      equal(stats.delivered, 2)
      equal(stats.filtered, 1)
      equal(stats.lost, 0)
    end)
    capturing({ savefile = path }, function(capture) equal(groups_of(capture), "5 6 5") end)
  end)
end

function test.parse_packet()
  recorded({ 5 }, function(path, packets)
    local file = assert(io.open(path, "rb"))
    local content = file:read "*a"
    file:close()
    local packet, record = packets[1], content:sub(41)
    local again = nflogcap.parse_packet(record, packet.timestamp_ns)
    for _, name in ipairs(live.names_of(packet)) do
      -- Where timestamp_ns is rounded, it is not the kernel's, and `present` says so.
      local is_exact = name ~= "present" or _VERSION ~= "Lua 5.1"
      if is_exact and name ~= "vlan_ids" and not name:find "_name$" then equal(again[name], packet[name]) end
    end
    equal(again.indev_name, nil)
    equal(again:frame(), packet:frame())
    equal(nflogcap.parse_packet(record:sub(1, -9), 7).timestamp_ns, 7)
    for _, wrong in ipairs { "", "no record at all", content } do
      refused(function() nflogcap.parse_packet(wrong, 1) end, "no record of LINKTYPE_NFLOG")
    end
    refused(function() nflogcap.parse_packet(record, -1) end, "timestamp_ns -1 is out of range")
    for _, wrong in ipairs { { 5, 1 }, { false, 1 }, { record, "one" }, { record, {} } } do
      refused(function() nflogcap.parse_packet(wrong[1], wrong[2]) end)
    end
  end)
end

function test.savefile_damaged()
  recorded({ 5, 5 }, function(path)
    local file = assert(io.open(path, "rb"))
    local bytes = file:read "*a"
    file:close()
    file = assert(io.open(path, "wb"))
    file:write((bytes:sub(1, -4)))
    file:close()
    capturing({ savefile = path }, function(capture)
      equal(capture:next().group, 5)
      local why = failed(function() return capture:next() end, path, "beyond packet 1", "truncated")
      equal(why.errno, EBADMSG)
      equal(capture:next(), nil)
      equal(capture:ended(), true)
    end)
    capturing({ savefile = path }, function(capture)
      equal(#capture:read_batch(), 1)
      equal(failed(function() return capture:read_batch() end, "truncated").errno, EBADMSG)
    end)
    for _, loop in ipairs { "packets", "batches" } do
      capturing({ savefile = path }, function(capture)
        equal(refused(function() for _ in capture[loop](capture) do end end, "truncated").errno, EBADMSG)
      end)
    end
  end)
end

function test.savefile_refused()
  for path, words in pairs { ["/no/such/file"] = "/no/such/file", ["/dev/null"] = "pcap or pcapng" } do
    failed(function() return nflogcap.open { savefile = path } end, words)
  end
  for _, case in ipairs {
    { "", "the path is empty" },
    { "nul\0", "savefile contains a NUL" },
    { 5, "savefile must be a string, not a number" },
  } do
    refused(function() nflogcap.open { savefile = case[1] } end, case[2])
  end
  for _, case in ipairs {
    { "/no/such/directory/x", "cannot create the savefile /no/such/directory/x" },
    { "/dev/full", "No space left on device" },
  } do
    failed(function() return nflogcap.dump_open(case[1]) end, case[2])
  end
  for _, case in ipairs {
    { "nul\0", "path contains a NUL" },
    { nil, "path must be a string, not a nil" },
  } do
    refused(function() nflogcap.dump_open(case[1]) end, case[2])
  end
end

function test.equality()
  recorded({ 5, 6 }, function(path)
    local function read()
      local packets = {}
      for packet in nflogcap.open { savefile = path }:packets() do packets[#packets + 1] = packet end
      return packets
    end
    local same, again = read(), read()
    equal(rawequal(same[1], again[1]), false)
    equal(same[1] == again[1], true)
    equal(same[1] == same[2], false)
    equal(same[1] == io.stdout or same[1] == "a packet", false)
    local weak = setmetatable({ again[1] }, { __mode = "v" })
    equal(weak[1] == same[1], true)
    again = nil
    collectgarbage()
    collectgarbage()
    equal(weak[1], nil)
  end)
end

function test.long_words()
  local path = "/no/" .. ("x"):rep(3000)
  for _, use in ipairs { nflogcap.dump_open, function() return nflogcap.open { savefile = path } end } do
    failed(function() return use(path) end, "savefile /no/xx", "xx: No such file or directory")
  end
  local filter = ("host 10.0.0.1 or "):rep(200) .. "prt 5"
  refused(function() nflogcap.open { groups = 5, filter = filter } end, "'prt'", "pcap-filter(7) tells what there is")
end

function test.dump_refused()
  recorded({ 5 }, function(path, packets)
    local dump = nflogcap.dump_open(path)
    refused(function() dump:write "bytes" end, "packet must be a packet")
    refused(function() dump.write(packets[1]) end, "with a colon")
    equal(dump:closed(), false)
    dump:close()
    dump:close()
    equal(dump:closed(), true)
    for _, use in ipairs {
      function() dump:write(packets[1]) end,
      function() dump:flush() end,
      function() dump:position() end,
      function() dump:written() end,
    } do
      refused(use, "the savefile is closed")
    end
  end)
end

function test.close_twice()
  local capture = nflogcap.open(5)
  equal(capture:closed(), false)
  equal(tostring(capture), "<nflogcap.Capture: open>")
  capture:close()
  capture:close()
  equal(capture:closed(), true)
  equal(capture:ended(), true)
  equal(live.bound_groups(), "")
end

function test.use_after_close()
  local capture = nflogcap.open(5)
  local next_packet = capture:packets()
  capture:close()
  for _, method in ipairs { "next", "packets", "fd", "wakeup", "stop", "stats" } do
    refused(function() capture[method](capture) end, "the capture is closed")
  end
  refused(function() capture:group_stats(5) end, "the capture is closed")
  refused(function() capture:set_filter "udp" end, "the capture is closed")
  equal(next_packet(), nil)
end

function test.collected()
  local capture = nflogcap.open(5)
  equal(live.bound_groups(), "5")
  capture = nil
  collectgarbage()
  collectgarbage()
  equal(live.bound_groups(), "")
end

function test.no_growth()
  local packets = tonumber(os.getenv "NFLOGCAP_TEST_PACKETS")
  local portion = 10000
  local function resident()
    local status = assert(io.open "/proc/self/status")
    local kilobytes = status:read("*a"):match "VmRSS:%s*(%d+)"
    status:close()
    return tonumber(kilobytes) * 1024
  end
  local function descriptors()
    -- Pipes apart: both ends of the one to this very command may be open still.
    return live.output "find /proc/$PPID/fd -type l -not -lname 'pipe:*' | wc -l"
  end
  local function read(count)
    capturing(5, function(capture)
      for _ = 1, count / portion do
        live.send_count(PORT, portion)
        for _ = 1, portion do
          local packet = capture:next(LONG)
          local _ = packet.payload, packet.prefix, packet.mark, packet.timestamp_ns, packet.indev_name
        end
      end
      equal(capture:stats().received, count)
      equal(capture:stats().lost, 0)
    end)
  end
  local function opens(count)
    for _ = 1, count do nflogcap.open(5):close() end
  end
  local function settle()
    collectgarbage()
    collectgarbage()
  end
  live.with_rule(PORT, 'prefix "growth: " group 5', function()
    read(2 * portion)
    opens(100)
    settle()
    local memory, before = resident(), descriptors()
    read(packets)
    opens(packets / 100)
    settle()
    equal(descriptors(), before)
    local grown = resident() - memory
    -- A few bytes a packet, or some hundred a capture, would be more than this.
    if grown >= math.max(packets, 2 ^ 20) then error(grown .. " bytes") end
    equal(live.bound_groups(), "")
  end)
end

if arg[1] == "--list" then
  print(table.concat(names, "\n"))
  os.exit(0)
end
local failed = false
for i = 1, #arg do
  local done, why = pcall(tests[arg[i]])
  failed = failed or not done
  print(done and "ok " .. arg[i]
    or ("not ok %s: %s"):format(arg[i], (tostring(why):gsub("\n", " "))))
  io.stdout:flush()
end
os.exit(failed and 1 or 0)
