# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests of a Dump that writes into a full pipe, so that its write blocks.

require_relative "harness"

# Yields a Dump, a thread that waits in the Dump's write, and the reading end of the pipe.
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
  yield dump, waiting { 200.times { dump.write(packet) } }, reader # more than the pipe can hold
end

# Reads the pipe until the thread has written and the dump is closed. Checks that all bytes arrive.
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

test "other_threads_run_while_the_collector_frees_dumps_with_a_full_pipe" do
  Dir.mktmpdir do |directory|
    path = File.join(directory, "x.pcap")
    File.binwrite(path, savefile_bytes(directory))
    child = fork do
      packet = Nflogcap.open(savefile: path) { |capture| capture.next(LONG) }
      reader, writer = IO.pipe
      writer.fcntl(1031, 4096) # F_SETPIPE_SZ
      # In a thread, because the collector keeps objects that it finds on a stack, and a thread's stack ends with it.
      Thread.new do
        5.times do
          dump = Nflogcap.dump_open("/proc/self/fd/#{writer.fileno}")
          300.times { dump.write(packet) } # 168 bytes each: together less than a Dump buffers
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

exit Live.run(TESTS, ARGV.empty? ? TESTS.keys : ARGV)
