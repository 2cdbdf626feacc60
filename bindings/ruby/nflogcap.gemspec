# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# A gem holds the source of the library too, and so is built from the tree's root:
#   gem build bindings/ruby/nflogcap.gemspec && gem install --local nflogcap-*.gem

root = File.expand_path("../..", __dir__)

Gem::Specification.new do |gem|
  gem.name = "nflogcap"
  header = File.read(File.join(root, "capi/include/nflogcap.h"))
  gem.version = header.scan(/#define NFLOGCAP_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)/).join(".")
  gem.summary = "Captures the packets that Linux netfilter logs through NFLOG"
  gem.description = "NFLOG groups captured with all that the kernel tells of each packet, and every " \
                    "loss counted. Building needs CMake, SWIG, a C++20 compiler, libmnl, " \
                    "libnetfilter_log and libpcap."
  gem.authors = ["the nflogcap authors"]
  gem.license = "GPL-2.0-or-later"
  gem.required_ruby_version = ">= 3.1"
  gem.require_paths = ["bindings/ruby/lib"]
  gem.extensions = ["bindings/ruby/extconf.rb"]
  gem.files = Dir.chdir(root) do
    Dir["CMakeLists.txt", "COPYING", "README.md", "{core,capi,cmake,pkgconfig}/**/*", "docs/ruby.md",
        "bindings/*.{i,hpp,cpp,txt}", "bindings/ruby/**/*"]
      .select { |path| File.file?(path) }
  end
end
