# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Calls that are wrong in every language raise errors of Ruby, and no call does harm.

require_relative "live"
require "json"
require "tmpdir"
include Live # rubocop:disable Style/MixinUsage

ERRORS = {
  "type" => TypeError, "value" => ArgumentError, "range" => RangeError, "name" => ArgumentError,
  "exists" => ArgumentError, "missing" => Errno::ENOENT, "closed" => IOError, "nothing" => IOError,
  "process" => Errno::ECHILD, "interpreter" => [Ractor::Error, TypeError]
}.freeze
LIBRARY_ERRORS = [TypeError, ArgumentError, RangeError, IOError, SystemCallError].freeze
ODD = [nil, true, -1, 0, 5, 2**64, -(2**80), 1.5, Float::NAN, Float::INFINITY, 2r, 1i, "", "5", "udp", "\0", "\xff",
       "\xff".b * 300, "udp".encode("UTF-16LE"), :mark, [], [5, 6], [nil], {}, 1..2, Object.new, String].freeze

Call = Struct.new(:who, :method, :arguments, :names, :kind, :word)

def calls(packet)
  File.readlines(File.join(__dir__, "../wrong_calls.txt"), chomp: true).filter_map do |line|
    next if line.empty? || line.start_with?("#")

    who, method, given, kind, word = line.match(/^(\w+)\s+(\w+)\s+(.+?)\s+(\w+)\s+(\S+)$/).captures
    given = JSON.parse(given, symbolize_names: true)
    arguments, names = given.is_a?(Hash) ? [[], given] : [given, {}]
    arguments = [packet] if arguments == ["@packet"]
    Call.new(who, method, arguments, names, kind, word)
  end
end

# Returns the receivers in this process. The dump writes to the path.
def receivers(path)
  capture = Nflogcap.open(5)
  dump = Nflogcap.dump_open(path)
  closed = Nflogcap.open(7).tap(&:close)
  closed_dump = Nflogcap.dump_open(File::NULL).tap(&:close)
  with_rule(PORT, "group 5") do
    send_udp(PORT, "one", "two")
    { "module" => Nflogcap, "capture" => capture, "packet" => capture.next(LONG),
      "batch" => capture.read_batch(LONG), "dump" => dump, "closed" => closed, "closed_dump" => closed_dump }
  end
end

def inherited(here)
  { "inherited" => here["capture"], "inherited_dump" => here["dump"] }
end

def elsewhere(here)
  { "elsewhere" => here["capture"] }.merge(
    %w[module packet batch dump].to_h { |who| ["elsewhere_#{who}", here[who]] }
  )
end

def make(receiver, call)
  receiver.public_send(call.method, *call.arguments, **call.names)
end

# Makes the call in another Ractor, and raises the error that was raised there.
def make_elsewhere(receiver, call)
  Ractor.new(receiver, call.method, call.arguments, call.names) do |there, method, arguments, names|
    Thread.current.report_on_exception = false
    there.public_send(method, *arguments, **names)
  end.take
rescue Ractor::RemoteError => e
  raise e.cause, cause: nil
end

# Makes the calls that have one of these receivers. how is the name of the method that makes a call.
def require_refusals(of, calls, how)
  failures = calls.filter_map do |call|
    next unless of.key?(call.who)

    refusal = raises(ERRORS.fetch(call.kind)) { send(how, of[call.who], call) }
    # In lower case, because one message is Ruby's own: "allocator undefined for Nflogcap::Packet".
    "#{call.to_a}: #{refusal.message}" unless refusal.message.downcase.include?(call.word)
  rescue StandardError => e
    "#{call.to_a}: #{e.class}: #{e.message}"
  end
  raise failures.join("\n") unless failures.empty?
end

# Makes calls that are chosen at random, in which odd values replace some arguments. Returns the number of calls for
# each outcome: a class of errors, or "returned".
def call_at_random(of, odd, count, calls)
  random = Random.new(1)
  calls = calls.select { |call| of.key?(call.who) }
  count.times.with_object(Hash.new(0)) do |_, outcomes|
    call = calls.sample(random: random)
    changed = ->(value) { random.rand < 0.5 ? odd.sample(random: random) : value }
    arguments = call.arguments.map(&changed)
    names = call.names.transform_values(&changed)
    arguments += Array.new(random.rand(3)) { odd.sample(random: random) } if random.rand < 0.2
    if %w[next read_batch].include?(call.method) # a long wait would delay the test
      first = arguments[0]
      arguments[0] = 0 if first.nil? || (first.is_a?(Numeric) && first.real? && first.positive?)
    end
    result = of[call.who].public_send(call.method, *arguments, **names)
    outcomes["returned"] += 1
    result.close if result.respond_to?(:close)
  rescue *LIBRARY_ERRORS => e
    outcomes[e.class] += 1
  end
end

TESTS = {} # rubocop:disable Style/MutableConstant

def test(name, &body)
  TESTS[name] = body
end

test "each_wrong_call_raises_its_error" do
  here = receivers(File::NULL)
  all = calls(here["packet"])
  equal(all.map(&:who).uniq.sort, [here, inherited(here), elsewhere(here)].flat_map(&:keys).sort)
  require_refusals(here, all, :make)
  in_child { require_refusals(inherited(here), all, :make) }
  Warning[:experimental] = false
  require_refusals(elsewhere(here), all, :make_elsewhere)
  here["capture"].close
end

test "no_random_call_does_harm" do
  here = receivers(File::NULL)
  odd = ODD + here.values
  all = calls(here["packet"])
  outcomes = nil
  Dir.mktmpdir do |directory| # for the files with odd names that calls create
    Dir.chdir(directory) do
      objects = Array.new(2) do
        outcomes = call_at_random(here, odd, 10_000, all)
        GC.start
        GC.stat(:heap_live_slots)
      end
      raise "the number of objects grew: #{objects}" if objects[1] - objects[0] > 20
    end
  end
  raise outcomes.inspect unless outcomes.size > 3

  here["capture"].close
  equal(bound_groups, [])
end

test "no_call_in_a_child_does_harm_to_its_parent" do
  Dir.mktmpdir do |directory|
    path = File.join(directory, "x.pcap")
    here = receivers(path)
    capture, dump, packet = here.values_at("capture", "dump", "packet")
    with_rule(PORT, "group 5") do
      send_udp(PORT, "three", "four")
      equal(udp_payload(capture.next(LONG)), "three")
      dump.write(packet)
      in_child do
        outcomes = call_at_random(inherited(here), ODD, 1000, calls(packet))
        raise outcomes.inspect if outcomes.key?("returned") || !outcomes.key?(Errno::ECHILD)

        capture.close
        dump.close
        equal([capture.closed?, dump.closed?], [true, true])
      end
      send_udp(PORT, "five")
      equal(Array.new(2) { udp_payload(capture.next(LONG)) }, %w[four five])
      dump.write(packet)
      dump.flush
      equal([dump.written, dump.position], [2, File.size(path)])
    end
    capture.close
  end
end

exit Live.run(TESTS, ARGV.empty? ? TESTS.keys : ARGV)
