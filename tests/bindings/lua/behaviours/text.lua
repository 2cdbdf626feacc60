-- SPDX-License-Identifier: GPL-2.0-or-later
--- Tests in Lua of the behaviours of ../../behaviours.txt: packets and errors as text.

package.path = arg[0]:gsub("[^/]*$", "") .. "../?.lua;" .. package.path
local harness = require "harness"
local live = require "live"
local nflogcap = require "nflogcap"

local PORT, logged_packet, test = harness.PORT, harness.logged_packet, harness.test
local equal, failed, refused = live.equal, live.failed, live.refused

function test.text()
  local line = tostring(logged_packet 'prefix "web: " group 5')
  for _, part in ipairs { "group 5", "web: ", "in lo", "UDP 127.0.0.1:", " > 127.0.0.1:" .. PORT } do
    if not line:find(part, 1, true) then error(line) end
  end
  equal(line:find("\n", 1, true), nil)
end

-- Lua has no JSON library, so this test compares the text.
function test.json()
  local packet = logged_packet('prefix "\255\\\\" group 5', "\0")
  local said = packet:to_json()
  equal(said:match "^{.*}$", said)
  equal(said:find("\n", 1, true), nil)
  equal(said:find("icmp_type", 1, true), nil)
  for _, name in ipairs { "group", "destination_port", "wire_length", "indev" } do
    equal(tonumber(said:match('"' .. name .. '":(%d+)')), packet[name])
  end
  equal(said:match '^{"version":1,', '{"version":1,')
  equal(said:match '"hook_name":"([^"]*)"', "prerouting")
  equal(said:match '"protocol_name":"([^"]*)"', "udp")
  equal(said:match '"host":"([^"]*)"', io.popen "uname -n":read "*l")
  equal(said:match '"source":"([^"]*)"', packet.source)
  equal(said:match '"payload":"([^"]*)"', live.hex(packet.payload))
end

function test.json_no_payload()
  local packet = logged_packet("group 5", "x")
  local whole = packet:to_json { payload = true }
  local without, count = whole:gsub(',"payload":"[^"]*"', "")
  equal(count, 1)
  equal(packet:to_json { payload = false }, without)
  equal(packet:to_json {}, whole)
  for _, wrong in ipairs { { colour = true }, { payload = 0 }, { "payload" }, 5 } do
    refused(function() packet:to_json(wrong) end, "packet:to_json { payload = false }")
  end
end

local HOSTILE = "a\27[31m\194\155\226\128\174\127"
local ESCAPED = "a\\x1b[31m\\xc2\\x9b\\xe2\\x80\\xae\\x7f"

-- Fails if the text contains a byte of HOSTILE that could control a terminal.
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

function test.long_words()
  local path = "/no/" .. ("x"):rep(3000)
  for _, use in ipairs { nflogcap.dump_open, function() return nflogcap.open { savefile = path } end } do
    failed(function() return use(path) end, "savefile /no/xx", "xx: No such file or directory")
  end
  local filter = ("host 10.0.0.1 or "):rep(200) .. "prt 5"
  refused(function() nflogcap.open { groups = 5, filter = filter } end, "'prt'", "see pcap-filter(7)")
end

harness.run(arg)
