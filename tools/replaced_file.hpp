// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>

// Functions that replace the content of a file in one step, by renaming another file, NAME.tmp. A
// reader sees either the old or the new content.
namespace command {

// What replaced content survives. The disk is waited for only if it must survive a crash.
enum class Survives { end_of_the_process, crash_of_the_machine };

// `name` is relative to `directory`, a descriptor or AT_FDCWD. `mode` applies despite the umask.
// Returns 0, or the errno. The old content is then unchanged, except if the last step failed, which
// writes the directory to the disk.
int replace_file_in(int directory, const std::string& name, std::string_view content, mode_t mode,
                    Survives survives);

// The same for a file that all users may read and that describes a running process. Throws Failure.
void replace_file(const std::string& path, std::string_view content);

} // namespace command
