// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_files.hpp"

#include "advice.hpp"
#include "failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utility>

namespace fleet {

namespace {

// Returns how many descriptors may be used for files: half of the process's limit. First raises
// this limit to its maximum.
std::size_t max_descriptors()
{
    constexpr rlim_t max_count = 8192;
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t wanted = std::min(limit.rlim_max, 2 * max_count);
    if (limit.rlim_cur < wanted) {
        const rlim_t before = std::exchange(limit.rlim_cur, wanted);
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
            limit.rlim_cur = before;
    }
    return std::clamp<std::size_t>(limit.rlim_cur / 2, 4, max_count);
}

std::string parent_of(const std::string& name)
{
    const std::size_t slash = name.rfind('/');
    return slash == std::string::npos ? "." : name.substr(0, slash);
}

// Returns 0 or an errno.
int write_all(int fd, std::uint64_t offset, std::string_view head, std::string_view content)
{
    while (!head.empty() || !content.empty()) {
        const std::array<iovec, 2> pieces = {{{const_cast<char*>(head.data()), head.size()},
                                              {const_cast<char*>(content.data()), content.size()}}};
        const ssize_t written =
            pwritev(fd, pieces.data(), pieces.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        const auto bytes = static_cast<std::size_t>(written);
        const std::size_t of_head = std::min(bytes, head.size());
        head.remove_prefix(of_head);
        content.remove_prefix(bytes - of_head);
        offset += bytes;
    }
    return 0;
}

std::uint64_t device_of(int fd)
{
    struct stat status = {};
    return fstat(fd, &status) < 0 ? 0 : status.st_dev;
}

} // namespace

CollectFiles::CollectFiles(int directory, std::string path, Naming naming, CollectState& state)
    : directory_(directory), path_(std::move(path)), naming_(std::move(naming)), state_(state),
      max_open_(max_descriptors()), device_(device_of(directory))
{
}

void CollectFiles::fail(const std::string& what, const std::string& name, int error) const
{
    throw command::Failure("cannot " + what + ' ' + path_ + '/' + name + ": " +
                           std::strerror(error) + command::advice_on_writing(error, "") +
                           ". Acknowledged packets are stored; the broker sends the others again");
}

std::vector<std::string> CollectFiles::cut()
{
    std::vector<std::string> words;
    for (auto& [key, group] : state_.groups) {
        for (auto& [magic, output] : group.outputs) {
            if (output.path.empty())
                continue;
            const std::string path = path_ + '/' + output.path;
            const nflog::FileDescriptor fd(openat(directory_, output.path.c_str(),
                                                  O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
            struct stat status = {};
            if (fd.get() >= 0 && fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode) &&
                static_cast<std::uint64_t>(status.st_size) >= output.bytes) {
                if (ftruncate(fd.get(), static_cast<off_t>(output.bytes)) < 0)
                    fail("cut", output.path, errno);
                names_.insert(output.path);
                continue;
            }
            if (fd.get() < 0 && errno != ENOENT && errno != ENOTDIR)
                fail("open", output.path, errno);
            // The collector stopped before it created the file.
            if (fd.get() < 0 && output.bytes == 0) {
                names_.insert(output.path);
                continue;
            }
            words.push_back(path +
                            (fd.get() < 0 ? " does not exist any more"
                                          : " is shorter than before, or not a file") +
                            "; the packets stored in it are gone, and another "
                            "file is begun");
            output.path.clear();
        }
    }
    return words;
}

bool CollectFiles::goes_on(const GroupKey& key, Magic magic) const
{
    const auto group = state_.groups.find(key);
    if (group == state_.groups.end())
        return false;
    const auto output = group->second.outputs.find(magic);
    return output != group->second.outputs.end() && !output->second.path.empty() &&
           (naming_.rotate_bytes == 0 || output->second.bytes <= naming_.rotate_bytes) &&
           output->second.period == current_period(naming_);
}

void CollectFiles::begin(const GroupKey& key, Magic magic)
{
    close({key, magic});
    Output& output = state_.groups[key].outputs[magic];
    names_.erase(output.path);
    const std::int64_t period = current_period(naming_);
    const bool is_new = output.path.empty() || output.period != period;
    if (is_new)
        output = Output{.path = "", .period = period};
    else if (naming_.rotate_bytes > 0)
        output.number = output.number + 1 == naming_.files ? 0 : output.number + 1;
    output.bytes = 0;
    // An existing file is overwritten only if this capture wrote it in this period, and -W allows
    // it.
    const bool is_own = output.number < output.written;
    while (output.path = name_of(naming_, key, output),
           names_.contains(output.path) || (!is_own && exists(output.path)))
        ++output.repetition;
    output.written = std::max(output.written, output.number + 1);
    names_.insert(output.path);
}

bool CollectFiles::exists(const std::string& name) const
{
    struct stat status = {};
    return fstatat(directory_, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

void CollectFiles::make_directories(const std::string& name)
{
    for (std::size_t slash = name.find('/'); slash != std::string::npos;
         slash = name.find('/', slash + 1)) {
        const std::string parent = name.substr(0, slash);
        constexpr mode_t mode = 0750;
        if (mkdirat(directory_, parent.c_str(), mode) == 0)
            directories_.insert(parent_of(parent));
        else if (errno != EEXIST)
            fail("make the directory", parent, errno);
    }
}

CollectFiles::Open& CollectFiles::open(const Id& id, const Output& output)
{
    const auto found = open_.find(id);
    if (found != open_.end()) {
        found->second.used = ++uses_;
        return found->second;
    }
    if (open_.size() >= max_open_)
        close_least_used();
    const bool is_new = output.bytes == 0;
    if (is_new) {
        make_directories(output.path);
        directories_.insert(parent_of(output.path));
    }
    constexpr mode_t mode = 0640;
    nflog::FileDescriptor fd(openat(
        directory_, output.path.c_str(),
        O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (is_new ? O_CREAT | O_TRUNC : 0), mode));
    if (fd.get() < 0)
        fail("open", output.path, errno);
    struct stat status = {};
    if (fstat(fd.get(), &status) < 0 || !S_ISREG(status.st_mode))
        fail("write", output.path + ", which is not a regular file", EINVAL);
    Open& file = open_[id];
    file.fd = std::move(fd);
    file.is_elsewhere = status.st_dev != device_;
    file.used = ++uses_;
    return file;
}

void CollectFiles::close(const Id& id)
{
    const auto found = open_.find(id);
    if (found == open_.end())
        return;
    if (dirty_.erase(id) > 0)
        sync_data(found->second, state_.groups[id.first].outputs[id.second].path);
    open_.erase(found);
}

// Closes half of the files. Closing many at a time lets one call synchronize them together.
void CollectFiles::close_least_used()
{
    sync();
    std::vector<std::uint64_t> uses;
    uses.reserve(open_.size());
    for (const auto& [id, file] : open_)
        uses.push_back(file.used);
    const auto middle = uses.begin() + static_cast<std::ptrdiff_t>(uses.size() / 2);
    std::ranges::nth_element(uses, middle);
    std::erase_if(open_,
                  [least = *middle](const auto& entry) { return entry.second.used < least; });
}

void CollectFiles::write(const GroupKey& key, Magic magic, std::string_view head,
                         std::string_view content)
{
    Output& output = state_.groups[key].outputs[magic];
    const Id id(key, magic);
    const Open& file = open(id, output);
    if (output.bytes > 0)
        head = {};
    const int error = write_all(file.fd.get(), output.bytes, head, content);
    if (error != 0)
        fail("write", output.path, error);
    output.bytes += head.size() + content.size();
    dirty_.insert(id);
}

void CollectFiles::sync_data(const Open& file, const std::string& name)
{
    if (fdatasync(file.fd.get()) < 0)
        fail("write", name, errno);
}

// Writes all files to the disk. If there are many files, one call for the whole file system is
// faster, because a call for each file waits for the disk each time.
void CollectFiles::sync()
{
    constexpr std::size_t many = 16;
    const bool is_at_once = dirty_.size() > many;
    if (is_at_once && syncfs(directory_) < 0)
        fail("write", "", errno);
    for (const Id& id : dirty_) {
        const Open& file = open_.at(id);
        if (!is_at_once || file.is_elsewhere)
            sync_data(file, state_.groups[id.first].outputs[id.second].path);
    }
    dirty_.clear();
    sync_directories();
}

void CollectFiles::sync_directories()
{
    for (const std::string& name : directories_) {
        const nflog::FileDescriptor fd(
            openat(directory_, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (fd.get() < 0 || fsync(fd.get()) < 0)
            fail("write the directory", name, errno);
    }
    directories_.clear();
}

} // namespace fleet
