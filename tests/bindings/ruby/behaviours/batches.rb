# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests in Ruby of the behaviours of ../../behaviours.txt: batches.

require_relative "../harness"

test "batch" do
  logged({ groups: 5, flush_timeout: 3_600_000 }, 'prefix "many: " group 5', before: "meta mark set 7") do |capture|
    equal([capture.read_batch(0), capture.read_batch(timeout: 0)], [nil, nil])
    send_udp(PORT, *numbered(100))
    capture.stop
    batch = capture.read_batch(timeout: LONG)
    equal([batch.class, batch.size, batch.length, batch.inspect],
          [Nflogcap::Batch, 100, 100, "#<Nflogcap::Batch: 100 packets>"])
    equal(batch.map { |packet| udp_payload(packet) }, numbered(100))
    equal([batch[0], batch[-1], batch[98..200], batch[-2, 5]].flatten.map { |packet| udp_payload(packet) },
          %w[0 99 98 99 98 99])
    equal([batch[100], batch[-101], batch[101..]], [nil, nil, nil])
    raises(TypeError) { batch["0"] }
    equal(batch.payloads, batch.map(&:payload))
    Nflogcap::Packet::FIELDS.each do |field|
      equal([batch.column(field), batch.column(field.to_s)], [batch.map(&field)] * 2)
    end
    raises(ArgumentError, "there is no field 'marc'; did you mean 'mark'") { batch.column(:marc) }
    raises(TypeError) { batch.column(5) }
    raises(EOFError, "ended") { capture.read_batch }
    capture.close
    GC.start
    equal([batch[99].indev_name, batch.first.mark, batch.each.size], ["lo", 7, 100])
    raises(IOError, "closed") { capture.read_batch }
  end
end

test "loop_of_batches" do
  logged({ groups: 5 }, "group 5") do |capture|
    send_udp(PORT, *numbered(1000))
    capture.stop
    equal(capture.each_batch.sum(&:size), 1000)
    equal(capture.each_batch.to_a, [])
    capture.close
    raises(IOError, "closed") { capture.each_batch { nil } }
  end
  logged({ groups: 5 }, "group 5") do |capture|
    capture.wakeup
    equal(capture.each_batch { raise "a batch came, though nothing was sent" }, capture)
    send_udp(PORT, "x")
    sizes = []
    capture.each_batch { |batch| (sizes << batch.size) && capture.close }
    equal(sizes, [1])
  end
  Nflogcap.open(5) do |capture|
    waiter = Thread.new { capture.each_batch.to_a }
    await_sleep(waiter)
    capture.close
    equal(waiter.value, [])
  end
end

exit Live.run(TESTS, ARGV)
