# frozen_string_literal: true

# SPDX-License-Identifier: GPL-2.0-or-later
#
# Writes the Makefile that RubyGems calls. The Makefile calls the project's CMake, which builds the
# extension and puts the library beside it.

require "rbconfig"
require "shellwords"

root = File.expand_path("../..", __dir__)
# The gem already contains the files that CMake would install as the component `front`.
arguments = %w[
  -DCMAKE_BUILD_TYPE=Release -DNFLOGCAP_BUNDLE_LIBRARY=ON
  -DNFLOGCAP_LANGUAGES=ruby -DNFLOGCAP_RUBY_DIR=front -DNFLOGCAP_RUBY_ARCHDIR=lib
] << "-DNFLOGCAP_RUBY_INTERPRETER=#{RbConfig.ruby}"

system("cmake", "--version", out: File::NULL) or
  abort "cmake is needed, and so are SWIG, libmnl, libnetfilter_log and libpcap"

# CMake configures in the target `all`, because RubyGems runs `clean` before it.
File.write("Makefile", <<~MAKE)
  sitearchdir = #{RbConfig::CONFIG['sitearchdir']}

  all:
  \tcmake -S #{root.shellescape} -B build #{arguments.shelljoin}
  \tcmake --build build --parallel --target nflogcap_ruby

  install: all
  \tcmake --install build --prefix build/stage --component ruby
  \tmkdir -p $(DESTDIR)$(sitearchdir)
  \tcp -R build/stage/lib/nflogcap $(DESTDIR)$(sitearchdir)

  clean:
  \tcmake -E rm -rf build
MAKE
