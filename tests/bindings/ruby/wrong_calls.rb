# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is wrong in every language alike raises Ruby's errors, and no call does harm.

require_relative "live"
require "json"
require "tmpdir"
include Live # rubocop:disable Style/MixinUsage

ERRORS = {
  "type" => TypeError, "value" => ArgumentError, "range" => RangeError, "name" => ArgumentError,
  "exists" => ArgumentError, "missing" => Errno::ENOENT, "closed" => IOError, "nothing" => IOError
}.freeze
LIBRARY_ERRORS = [TypeError, ArgumentError, RangeError, IOError, SystemCallError].freeze
ODD = [nil, true, -1, 0, 5, 2**64, -(2**80), 1.5, Float::NAN, Float::INFINITY, 2r, 1i, "", "5", "udp", "\0", "\xff",
       "\xff".b * 300, "udp".encode("UTF-16LE"), :mark, [], [5, 6], [nil], {}, 1..2, Object.new, String].freeze

Call = Struct.new(:who, :method, :arguments, :names, :kind, :word)

def calls
  File.readlines(File.join(__dir__, "../wrong_calls.txt"), chomp: true).filter_map do |line|
    next if line.empty? || line.start_with?("#")

    who, method, given, kind, word = line.match(/^(\w+)\s+(\w+)\s+(.+?)\s+(\w+)\s+(\S+)$/).captures
    given = JSON.parse(given, symbolize_names: true)
    arguments, names = given.is_a?(Hash) ? [[], given] : [given, {}]
    Call.new(who, method, arguments, names, kind, word)
  end
end

def receivers
  capture = Nflogcap.open(5)
  dump = Nflogcap.dump_open(File::NULL)
  closed = Nflogcap.open(7).tap(&:close)
  closed_dump = Nflogcap.dump_open(File::NULL).tap(&:close)
  with_rule(PORT, "group 5") do
    send_udp(PORT, "one", "two")
    { "module" => Nflogcap, "capture" => capture, "packet" => capture.next(LONG),
      "batch" => capture.read_batch(LONG), "dump" => dump, "closed" => closed, "closed_dump" => closed_dump }
  end
end

TESTS = {} # rubocop:disable Style/MutableConstant

def test(name, &body)
  TESTS[name] = body
end

test "each_wrong_call_raises_its_error" do
  of = receivers
  raise "the table was not read" unless calls.size > 50

  failures = calls.filter_map do |call|
    raises(ERRORS.fetch(call.kind), call.word) do
      of.fetch(call.who).public_send(call.method, *call.arguments, **call.names)
    end
    nil
  rescue StandardError => e
    "#{call.to_a}: #{e.class}: #{e.message}"
  end
  of.fetch("capture").close
  raise failures.join("\n") unless failures.empty?
end

test "no_call_at_random_does_harm" do
  of = receivers
  odd = ODD + of.values
  all = calls
  outcomes = Hash.new(0)
  Dir.mktmpdir do |directory| # for files of odd names
    Dir.chdir(directory) do
      objects = Array.new(2) do
        random = Random.new(1)
        10_000.times do
          call = all.sample(random: random)
          changed = ->(value) { random.rand < 0.5 ? odd.sample(random: random) : value }
          arguments = call.arguments.map(&changed)
          names = call.names.transform_values(&changed)
          arguments += Array.new(random.rand(3)) { odd.sample(random: random) } if random.rand < 0.2
          if %w[next read_batch].include?(call.method) # never for long
            first = arguments[0]
            arguments[0] = 0 if first.nil? || (first.is_a?(Numeric) && first.real? && first.positive?)
          end
          result = of.fetch(call.who).public_send(call.method, *arguments, **names)
          outcomes["returned"] += 1
          result.close if result.respond_to?(:close)
        rescue *LIBRARY_ERRORS => e
          outcomes[e.class] += 1
        end
        GC.start
        GC.stat(:heap_live_slots)
      end
      raise "objects were left: #{objects}" if objects[1] - objects[0] > 20
    end
  end
  raise outcomes.inspect unless outcomes.size > 3

  of.fetch("capture").close
  equal(bound_groups, [])
end

exit Live.run(TESTS, ARGV.empty? ? TESTS.keys : ARGV)
