# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Helpers for the tests: firewall rules, traffic and assertions.

require "nflogcap"
require "open3"
require "shellwords"
require "socket"
require "timeout"

module Live
  LONG = 120
  PORT = 4900
  NFT = Shellwords.split(ENV.fetch("NFLOGCAP_TEST_NFT", "env -u LD_PRELOAD nft"))
  SEND_UDP = Shellwords.split(ENV.fetch("NFLOGCAP_TEST_SEND_UDP", "send_udp"))

  module_function

  def nft(rules)
    said, status = Open3.capture2e(*NFT, "-f", "-", stdin_data: rules, binmode: true)
    raise "nft: #{said}" unless status.success?
  end

  # While the block runs, a rule logs and drops UDP packets to the port. log contains the options of
  # nft's log statement.
  def with_rule(port, log, hook: "prerouting", before: "")
    nft("table inet udp#{port} { chain logged { type filter hook #{hook} priority 0; " \
        "udp dport #{port} #{before} ".b + "log ".b + log.b + " drop; }; }\n".b)
    yield
  ensure
    nft("delete table inet udp#{port}\n")
  end

  def send_udp(port, *payloads)
    socket = UDPSocket.new
    payloads.each { |payload| socket.send(payload, 0, "127.0.0.1", port) }
  ensure
    socket.close
  end

  # Sends the payload. Ignores the error of send that occurs if a rule at the output hook drops the packet.
  def send_and_ignore_refusal(port, payload)
    send_udp(port, payload)
  rescue Errno::EPERM
    nil
  end

  def udp_payload(packet)
    packet.payload.byteslice(28..)
  end

  def equal(is, should)
    raise "#{is.inspect} is not #{should.inspect}" unless is == should
  end

  # Returns the error that the block raises. Fails if the block raises none of this kind (a class of errors, or
  # several), or if one of the words is not in its message.
  def raises(kind, *words)
    yield
  rescue *kind => e
    words.each { |word| raise "#{word} is not in #{e.message}" unless e.message.include?(word) }
    e
  else
    raise "no #{kind} was raised"
  end

  # Runs the block in a child of fork. Raises an error if the block fails there.
  def in_child
    child = fork do
      yield
      exit!(0)
    rescue StandardError => e
      warn e.full_message
      exit!(1)
    end
    status = Timeout.timeout(LONG) { Process.wait2(child).last }
    raise "the child failed" unless status.success?
  rescue Timeout::Error
    Process.kill("KILL", child)
    Process.wait(child)
    raise
  end

  def bound_groups
    File.readlines("/proc/self/net/netfilter/nfnetlink_log").map { |line| line.split.first.to_i }
  end

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end

  # Waits until the thread sleeps in 10 looks in a row.
  def await_sleep(thread)
    looks = 0
    while looks < 10
      looks = thread.status == "sleep" ? looks + 1 : 0
      sleep 0.005
    end
  end

  # Runs the tests with these names, and prints the results that ../behaviours reads. Returns true if all succeed.
  def run(tests, names)
    if names == ["--list"]
      puts tests.keys
      return true
    end
    names.map do |name|
      tests.fetch(name).call
      puts "ok #{name}"
      true
    rescue StandardError, NotImplementedError => e
      puts "not ok #{name}: #{e.class}: #{e.message} (#{e.backtrace.first})".tr("\n", " ")
      false
    ensure
      $stdout.flush
    end.all?
  end
end
