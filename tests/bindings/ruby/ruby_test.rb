# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# What only Ruby has: threads, fiber schedulers, Enumerators, forks.

require_relative "live"
require "io/wait"
require "tempfile"
require "tmpdir"
include Live # rubocop:disable Style/MixinUsage

TESTS = {} # rubocop:disable Style/MutableConstant

def test(name, &body)
  TESTS[name] = body
end

def waiting(&body)
  thread = Thread.new(&body)
  thread.report_on_exception = false
  await_sleep(thread)
  thread
end

# A fiber scheduler that can wait for descriptors and for time, and no more.
class Scheduler
  def initialize
    @readable = {}
    @waiting = {}
    @blocked = []
    @ready = Queue.new
  end

  def run
    until @readable.empty? && @waiting.empty? && @blocked.empty? && @ready.empty?
      soonest = @waiting.values.min
      patience = @ready.empty? ? (soonest && [soonest - now, 0].max) : 0
      ready, = IO.select(@readable.keys, nil, nil, patience || 20)
      raise "nothing happens" if ready.nil? && soonest.nil? && @ready.empty?

      @ready.pop.resume until @ready.empty?
      ready&.each { |io| @readable.delete(io)&.each { |fiber| resume(fiber, IO::READABLE) } }
      @waiting.select { |_, time| time <= now }.each_key { |fiber| resume(fiber, nil) }
    end
  end

  def resume(fiber, value)
    @waiting.delete(fiber)
    @readable.each_value { |fibers| fibers.delete(fiber) }
    @readable.delete_if { |_, fibers| fibers.empty? }
    fiber.resume(value) if fiber.alive?
  end

  def io_wait(io, _events, timeout)
    (@readable[io] ||= []) << Fiber.current
    @waiting[Fiber.current] = now + timeout if timeout
    Fiber.yield
  end

  def kernel_sleep(duration = nil)
    block(:sleep, duration)
  end

  def block(_blocker, timeout = nil)
    timeout ? @waiting[Fiber.current] = now + timeout : @blocked << Fiber.current
    Fiber.yield
  end

  def unblock(_blocker, fiber)
    @blocked.delete(fiber)
    @waiting.delete(fiber)
    @ready << fiber
  end

  def fiber(&block)
    Fiber.new(blocking: false, &block).tap(&:resume)
  end

  alias close run
end

test "other_threads_run_while_one_waits" do
  Nflogcap.open(5) do |capture|
    waiter = waiting { capture.next }
    ticks = 0
    Timeout.timeout(LONG) { sleep 0.001 while (ticks += 1) < 20 }
    equal(waiter.status, "sleep")
    capture.wakeup
    equal(waiter.value, nil)
  end
end

test "close_ends_the_waits_of_all_threads" do
  20.times do
    capture = Nflogcap.open(5)
    loops = Array.new(3) { waiting { capture.to_a } }
    nexts = Array.new(3) { waiting { capture.next(60) } }
    capture.close
    Nflogcap.open(5).close # close has returned, so it is free
    equal(loops.map(&:value), [[], [], []])
    nexts.each { |thread| raises(EOFError, "ended") { thread.value } }
  end
end

test "stop_ends_the_waits" do
  Nflogcap.open(5) do |capture|
    reader = waiting { capture.to_a }
    capture.stop
    equal(reader.value, [])
  end
end

test "close_and_stop_under_load" do
  with_rule(PORT, "group 5") do
    stopped = false
    sender = Thread.new { send_udp(PORT, *["x"] * 20) until stopped }
    60.times do |i|
      capture = Nflogcap.open(5)
      readers = Array.new(3) do
        Thread.new do
          capture.each { |packet| packet.payload }
        rescue IOError
          nil # closed while it was in the block
        end
      end
      sleep rand * 0.01
      i.even? ? capture.close : capture.stop
      Timeout.timeout(LONG) { readers.each(&:join) }
      capture.close
    end
    stopped = true
    sender.join
    equal(bound_groups, [])
  end
end

test "kill_and_timeout_end_a_wait" do
  Nflogcap.open(5) do |capture|
    waiter = waiting { capture.next }
    waiter.kill
    raise "it lives on" unless waiter.join(LONG)

    raises(Timeout::Error) { Timeout.timeout(0.05) { capture.next } }
    equal(capture.next(0), nil)
  end
  equal(bound_groups, [])
end

test "fibers_wait_in_their_scheduler" do
  seen = []
  Thread.new do
    Fiber.set_scheduler(Scheduler.new)
    with_rule(PORT, "group 5") do
      capture = Nflogcap.open(5)
      Fiber.schedule { capture.each { |packet| seen << udp_payload(packet) } }
      Fiber.schedule { 3.times { seen << :tick && sleep(0.01) } }
      Fiber.schedule do
        sleep 0.1
        send_udp(PORT, "a", "b")
        sleep 0.2
        capture.close # while the first fiber of this thread waits
        seen << :closed
      end
      Fiber.scheduler.run
    end
  end.join(LONG)
  equal(seen, [:tick, :tick, :tick, "a", "b", :closed])
  equal(bound_groups, [])
end

test "other_fibers_run_while_packets_are_queued" do
  turns = []
  Thread.new do
    Fiber.set_scheduler(Scheduler.new)
    with_rule(PORT, "group 5") do
      capture = Nflogcap.open(5, socket_buffer: 64 << 20)
      send_udp(PORT, *["x"] * 20_000)
      capture.stop
      use = ->(packet) { packet.to_json && turns << :packet }
      Fiber.schedule { capture.each(&use) }
      Fiber.schedule do
        loop { use.call(capture.next(0) || break) }
      rescue EOFError
        nil
      end
      Fiber.schedule { turns << :other && sleep(0) until capture.ended? }
      Fiber.scheduler.run
      capture.close
    end
  end.join(LONG)
  equal(turns.count(:packet), 20_000)
  first, last = turns.index(:packet), turns.rindex(:packet)
  raise "no other fiber ran meanwhile" if turns[first..last].count(:other) < 3
end

test "a_packet_wakes_one_of_many_waiting_fibers" do
  looks = 0
  taken = []
  Thread.new do
    Fiber.set_scheduler(Scheduler.new)
    with_rule(PORT, "group 5") do
      capture = Nflogcap.open(5, delivery: Nflogcap::IMMEDIATE)
      handle = capture.instance_variable_get(:@handle)
      handle.define_singleton_method(:take) { (looks += 1) && super() }
      50.times do
        Fiber.schedule do
          loop { taken << udp_payload(capture.next(LONG)) } # until EOFError
        rescue EOFError
          nil
        end
      end
      Fiber.schedule do
        20.times do |i|
          send_udp(PORT, i.to_s)
          sleep 0.001 until taken.size > i
        end
        capture.close
      end
      Fiber.scheduler.run
    end
  end.join(LONG)
  equal(taken, (0...20).map(&:to_s))
  raise "#{looks} looks" if looks > 50 + 20 * 4
end

test "enumerators" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, *("a".."e"))
      equal(capture.each.class, Enumerator)
      equal(capture.lazy.map { |packet| udp_payload(packet) }.select { |text| text > "a" }.first(2), %w[b c])
      capture.stop
      equal(capture.each.with_index.map { |packet, i| [udp_payload(packet), i] }, [["d", 0], ["e", 1]])
    end
  end
end

test "options_are_keywords" do
  keywords = Nflogcap.method(:open).parameters.filter_map { |kind, name| name if kind == :key }
  equal(keywords.first(2), %i[groups snaplen])
  equal(keywords.include?(:tap), true)
  raises(ArgumentError, "'snaplne'", "'snaplen'") { Nflogcap.open(5, snaplne: 96) }
  raises(ArgumentError, "twice") { Nflogcap.open(5, groups: 6) }
  Nflogcap.open(5) do |capture|
    equal([capture.next(timeout: 0), capture.next(0), capture.read_batch(timeout: 0)], [nil] * 3)
    raises(ArgumentError, "timeout -1") { capture.next(timeout: -1) }
    raises(ArgumentError) { capture.next(time_out: 0) }
  end
end

test "packets_match_patterns" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, "a")
      packet = capture.next(LONG)
      case packet
      in { destination_port: 443 } then raise "it is #{PORT}"
      in { source:, destination_port: PORT, icmp_type: nil } then equal(source, "127.0.0.1")
      end
      case packet
      in { no_such_field: _ } then raise "there is no such field"
      in { group: 5, **rest } then equal([rest.key?(:group), rest[:indev_name]], [false, "lo"])
      end
      asked = []
      packet.define_singleton_method(:public_send) { |name| (asked << name) && super(name) }
      packet => { mark: nil }
      equal(asked, [:mark])
    end
  end
end

test "times_are_exact" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, "a")
      packet = capture.next(LONG)
      equal([packet.time.class, packet.time.to_i * 1_000_000_000 + packet.time.nsec],
            [Time, packet.timestamp_ns])
    end
  end
  Dir.mktmpdir do |directory|
    record = savefile_bytes(directory).byteslice(40..) # behind the headers of the file and of it
    again = Nflogcap.parse_packet(record, 1_700_000_000_123_456_789)
    equal([again.time.to_i, again.time.nsec], [1_700_000_000, 123_456_789])
  end
end

test "dumps_chain_and_filters_are_assigned" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      capture.filter = "udp[8] = 0x61"
      send_udp(PORT, "b", "a", "a")
      packets = Array.new(2) { capture.next(LONG) }
      equal(packets.map { |packet| udp_payload(packet) }, %w[a a])
      raises(ArgumentError, "prt") { capture.filter = "prt 5" }
      Dir.mktmpdir do |directory|
        path = File.join(directory, "x.pcap")
        Nflogcap.dump_open(path) { |dump| equal(dump << packets[0] << packets[1], dump) }
        equal(Nflogcap.open(savefile: path, &:to_a), packets)
      end
    end
  end
end

test "batches_are_read_in_a_scheduler_and_by_many_threads" do
  sizes = []
  Thread.new do
    Fiber.set_scheduler(Scheduler.new)
    with_rule(PORT, "group 5") do
      capture = Nflogcap.open(5)
      Fiber.schedule { capture.each_batch { |batch| sizes << batch.size } }
      Fiber.schedule do
        send_udp(PORT, "a", "b")
        sleep 0.2
        capture.close # while the first fiber of this thread waits
      end
      Fiber.scheduler.run
    end
  end.join(LONG)
  equal(sizes.sum, 2)
  Nflogcap.open(5) do |capture|
    raises(Timeout::Error) { Timeout.timeout(0.05) { capture.read_batch } }
    readers = Array.new(3) { waiting { capture.read_batch } }
    capture.close
    readers.each { |thread| raises(EOFError, "ended") { thread.value } }
  end
end

test "batches_do_not_pile_up" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      most = 0
      40.times do
        send_udp(PORT, *["x"] * 5000)
        left = 5000
        left -= capture.read_batch(LONG).size while left.positive?
        most = [most, ObjectSpace.each_object(Nflogcap::Batch).count].max
      end
      raise "#{most} batches" if most > 500 # of some 800, of 100 KiB each
    end
  end
end

test "a_child_of_fork_leaves_its_parents_capture_alone" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      waiter = waiting { capture.next(LONG) } # a thread that is not in the child
      child = fork { capture.close || exit!(0) }
      equal(Timeout.timeout(LONG) { Process.wait2(child) }.last.exitstatus, 0)
      equal(bound_groups, [5])
      send_udp(PORT, "still there")
      equal(udp_payload(waiter.value), "still there")
    end
  end
end

test "a_child_of_fork_takes_the_capture_over" do
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      in_child do
        capture.take_over
        send_udp(PORT, "hello")
        equal(udp_payload(capture.next(LONG)), "hello")
      end
      # The owner has ended: the capture belongs to the first process that uses it.
      send_udp(PORT, "again")
      equal(udp_payload(capture.next(LONG)), "again")
    end
  end
end

# Yields a Dump, the thread that waits in its write, and the other end of the pipe.
def writing_into_a_full_pipe
  packet = nil
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, "x" * 1000)
      packet = capture.next(LONG)
    end
  end
  reader, writer = IO.pipe
  dump = Nflogcap.dump_open("/proc/self/fd/#{writer.fileno}")
  writer.close
  yield dump, waiting { 200.times { dump.write(packet) } }, reader # more than a pipe holds
end

# Reads the pipe until the thread has written and the dump is closed: nothing is missing.
def require_all_is_read(dump, thread, reader)
  drain = Thread.new { reader.read.bytesize }
  thread.join
  length = dump.position
  dump.close
  equal(drain.value, length)
end

test "the_state_of_a_dump_is_read_while_another_thread_writes" do
  writing_into_a_full_pipe do |dump, thread, reader|
    equal([dump.closed?, dump.inspect, dump.written], [false, "#<Nflogcap::Dump: open>", 0])
    equal(dump.position > 64 * 1024, true)
    equal(thread.status, "sleep")
    require_all_is_read(dump, thread, reader)
  end
end

test "a_child_of_fork_closes_its_copy_of_a_dump_while_another_thread_writes" do
  writing_into_a_full_pipe do |dump, thread, reader|
    child = fork do
      raises(Errno::ECHILD, "savefile belongs to process") { dump.flush }
      dump.close
      exit!(dump.closed? ? 0 : 1)
    end
    equal(Timeout.timeout(LONG) { Process.wait2(child) }.last.exitstatus, 0)
    require_all_is_read(dump, thread, reader)
  end
end

test "other_threads_run_while_the_collector_drops_dumps_whose_pipe_is_full" do
  Dir.mktmpdir do |directory|
    path = File.join(directory, "x.pcap")
    File.binwrite(path, savefile_bytes(directory))
    child = fork do
      packet = Nflogcap.open(savefile: path) { |capture| capture.next(LONG) }
      reader, writer = IO.pipe
      writer.fcntl(1031, 4096) # F_SETPIPE_SZ
      # In a thread, whose stack ends with it: the collector believes what it finds on one.
      Thread.new do
        5.times do
          dump = Nflogcap.dump_open("/proc/self/fd/#{writer.fileno}")
          300.times { dump.write(packet) } # of 168 bytes: less than a Dump gathers
        end
      end.join
      collector = waiting { GC.start }
      dropped = collector.status
      drain = Thread.new { reader.readpartial(1 << 20) while true }
      collector.join(LONG)
      exit!(dropped == "sleep" && !collector.alive? && drain.alive? ? 0 : 1)
    end
    status = Timeout.timeout(LONG) { Process.wait2(child).last }
    equal(status.exitstatus, 0)
  rescue Timeout::Error
    Process.kill("KILL", child)
    Process.wait(child)
    raise
  end
end

# The bytes of a savefile of one packet, whose payload is "one".
def savefile_bytes(directory)
  path = File.join(directory, "x.pcap")
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, "one")
      Nflogcap.dump_open(path) { |dump| dump.write(capture.next(LONG)) }
    end
  end
  File.binread(path)
end

test "other_threads_run_while_one_waits_for_the_writer_and_the_head_of_a_fifo" do
  Dir.mktmpdir do |directory|
    bytes = savefile_bytes(directory)
    fifo = File.join(directory, "fifo")
    File.mkfifo(fifo)
    opening = waiting { Nflogcap.open(savefile: fifo) }
    File.open(fifo, "wb") do |writer|
      writer.sync = true
      writer.write(bytes[0, 10])
      await_sleep(opening)
      writer.write(bytes[10, 20]) # the head, and a part of a record
      capture = opening.value
      reader = waiting { capture.next }
      writer.write(bytes[30..])
      equal(udp_payload(reader.value), "one")
      capture.close
    end
  end
end

LOOK_UP = <<~'RUBY'
  require "live"
  server = UDPSocket.new
  server.bind("127.0.0.1", 53)
  [-> { Nflogcap.open(5, filter: "host nflogcap.test") },
   -> { Nflogcap.open(6) { |capture| capture.set_filter("host nflogcap.test") } }].each do |look_up|
    looking = Thread.new(&look_up)
    looking.report_on_exception = false
    query, client = server.recvfrom(512)
    abort "it has ended" unless looking.alive?
    Live.await_sleep(looking)
    answering = Thread.new do # the system asks for both families, and again
      loop do
        server.send(query[0, 2] + "\x81\x83".b + query[4..], 0, client[3], client[1])
        query, client = server.recvfrom(512)
      end
    end
    Live.raises(ArgumentError, "unknown host 'nflogcap.test'") { looking.value }
    answering.kill.join
  end
RUBY

test "other_threads_run_while_the_name_of_a_host_is_looked_up" do
  Tempfile.create do |resolv_conf|
    resolv_conf.write("nameserver 127.0.0.1\n")
    resolv_conf.flush
    paths = [__dir__, *$LOAD_PATH].flat_map { |path| ["-I", path] }
    said, status = Timeout.timeout(3 * LONG) do
      Open3.capture2e("unshare", "--mount", "sh", "-c",
                      "mount --bind #{resolv_conf.path} /etc/resolv.conf && exec \"$0\" \"$@\"",
                      RbConfig.ruby, *paths, "-e", LOOK_UP)
    end
    equal([said, status.exitstatus], ["", 0])
  end
end

test "a_signal_whose_handler_returns_does_not_end_an_open" do
  Dir.mktmpdir do |directory|
    fifo = File.join(directory, "fifo")
    File.mkfifo(fifo)
    ticks = 0
    before = trap("USR1") { ticks += 1 }
    opening = waiting { Nflogcap.open(savefile: fifo) { |capture| capture.to_a } }
    3.times do |i|
      Process.kill("USR1", Process.pid)
      Timeout.timeout(LONG) { sleep 0.001 until ticks > i }
    end
    await_sleep(opening)
    File.open(fifo, "wb") { |writer| writer.write(savefile_bytes(directory)) }
    equal(opening.value.map { |packet| udp_payload(packet) }, ["one"])
    trap("USR1", before)
  end
end

test "a_handler_may_drop_the_last_reference_to_what_waits" do
  child = fork do # the collector may leave the capture until the process ends
    capture = Nflogcap.open(5)
    trap("USR1") do
      capture = nil
      GC.start
    end
    Thread.new { sleep 0.1 && Process.kill("USR1", Process.pid) }
    exit!(capture.next(0.5).nil? && capture.nil? ? 0 : 1)
  end
  equal(Process.wait2(child).last.exitstatus, 0)
end

test "captures_and_savefiles_cannot_be_copied" do
  Nflogcap.open(5) do |capture|
    Nflogcap.dump_open(File::NULL) do |dump|
      raises(TypeError, "a capture cannot be copied") { capture.dup }
      raises(TypeError, "a capture cannot be copied") { capture.clone }
      raises(TypeError, "a savefile cannot be copied") { dump.dup }
      equal([capture.next(0), dump.flush], [nil, nil])
    end
  end
end

test "only_captures_make_packets_and_handles_stay_hidden" do
  raises(TypeError, "allocator undefined") { Nflogcap::Packet.allocate }
  raises(NoMethodError) { Nflogcap::Capture.new(nil) }
  raises(NameError, "private constant") { Nflogcap::Handle }
  with_rule(PORT, "group 5") do
    Nflogcap.open(5) do |capture|
      send_udp(PORT, "a")
      packet = capture.next(LONG)
      raises(TypeError) { packet.dup }
      raises(TypeError) { Marshal.dump(packet) }
      raises(TypeError) { Nflogcap::Packet.instance_method(:payload).bind(Object.new) }
      raises(NoMethodError) { packet.mark = 1 }
      equal(Nflogcap::Packet::FIELDS.sort,
            (Nflogcap::Packet.instance_methods(false) -
             %i[frame attribute to_h to_s to_json inspect == eql? hash deconstruct_keys time]).sort)
      raises(FrozenError) { capture.stats.lost = 1 }
    end
  end
end

exit Live.run(TESTS, ARGV.empty? ? TESTS.keys : ARGV)
