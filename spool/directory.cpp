// SPDX-License-Identifier: GPL-2.0-or-later
#include "directory.hpp"

#include "error.hpp"
#include "random_word.hpp"
#include "words.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace spool {

namespace {

constexpr const char* identity_file = "spool";
constexpr const char* shipper_file = "shipper";
constexpr const char* acknowledged_file = "acked";
constexpr const char* trouble_file = "trouble";
constexpr std::string_view first_line = "nflogcap-spool 1\n";
constexpr std::string_view any_version = "nflogcap-spool ";
constexpr std::string_view identity_key = "identity=";
constexpr std::string_view index_suffix = ".index";
constexpr std::size_t identity_digits = random_word_digits;
constexpr std::size_t number_digits = 20;
constexpr mode_t owner_only = 0600;

std::string name_of(std::uint64_t number, std::string_view suffix)
{
    const std::string digits = std::to_string(number);
    return std::string(number_digits - digits.size(), '0') + digits + std::string(suffix);
}

std::optional<std::uint64_t> number_of_index(std::string_view name)
{
    if (name.size() != number_digits + index_suffix.size() || !name.ends_with(index_suffix))
        return {};
    return number_in<std::uint64_t>(name.substr(0, number_digits));
}

[[noreturn]] void fail(const std::string& what, int error)
{
    throw nflog::system_failure(what, error);
}

std::vector<std::string> names_in(const std::string& path)
{
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator entry(path, error);
    while (!error && entry != std::filesystem::directory_iterator()) {
        names.push_back(entry->path().filename());
        entry.increment(error);
    }
    if (error)
        fail("cannot read the directory " + path, error.value());
    return names;
}

struct flock whole_file(short type)
{
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return lock;
}

} // namespace

std::string segment_name(std::uint64_t number)
{
    return name_of(number, ".pcap");
}

std::string index_name(std::uint64_t number)
{
    return name_of(number, index_suffix);
}

Directory::Directory(std::string path) : path_(std::move(path))
{
    directory_ = nflog::FileDescriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory_.get() < 0)
        fail("cannot open the spool " + path_, errno);
}

Directory Directory::open(const std::string& path)
{
    Directory directory(path);
    const std::optional<std::string> content = directory.content(identity_file);
    if (!content)
        throw nflog::Error(EINVAL, path + " is not a spool: it has no file '" +
                                       std::string(identity_file) +
                                       "'; name a directory of 'nflogcap --spool'");
    const std::string_view text = *content;
    if (text.starts_with(any_version) && !text.starts_with(first_line))
        throw nflog::Error(EPROTONOSUPPORT,
                           "the spool " + path +
                               " was made by a later version of nflogcap; upgrade this one");
    const std::string_view rest =
        text.starts_with(first_line) ? text.substr(first_line.size()) : std::string_view();
    if (rest.size() != identity_key.size() + identity_digits + 1 || !rest.starts_with(identity_key))
        throw nflog::Error(EINVAL, path + " is not a spool, or is damaged: its file '" +
                                       std::string(identity_file) + "' has invalid content");
    directory.identity_ = rest.substr(identity_key.size(), identity_digits);
    return directory;
}

Directory Directory::make(const std::string& path)
{
    constexpr mode_t owner_and_search = 0700;
    if (mkdir(path.c_str(), owner_and_search) < 0 && errno != EEXIST)
        throw nflog::system_failure("cannot create the spool " + path, errno);
    Directory directory(path);
    if (directory.content(identity_file))
        return open(path);
    const auto names = names_in(path);
    const auto foreign = std::ranges::find_if_not(names, [](const std::string& name) {
        // These entries are allowed: the file system's own, and files left by a failed attempt.
        return name == "lost+found" || name.ends_with(".new");
    });
    if (foreign != names.end())
        throw nflog::Error(ENOTEMPTY, path + " is not a spool, and not empty: it has '" + *foreign +
                                          "'; name a directory that is empty or new");
    directory.replace(identity_file,
                      std::string(first_line) + std::string(identity_key) + random_word() + "\n");
    return open(path);
}

void Directory::take(Role role)
{
    const bool is_writer = role == Role::writer;
    const char* name = is_writer ? identity_file : shipper_file;
    nflog::FileDescriptor file(
        openat(directory_.get(), name, O_RDWR | O_CLOEXEC | (is_writer ? 0 : O_CREAT), owner_only));
    if (file.get() < 0)
        fail("cannot open '" + std::string(name) + "' in the spool " + path_, errno);
    struct flock lock = whole_file(F_WRLCK);
    if (fcntl(file.get(), F_OFD_SETLK, &lock) < 0) {
        if (errno != EAGAIN && errno != EACCES)
            fail("cannot lock '" + std::string(name) + "' in the spool " + path_, errno);
        throw nflog::Error(EBUSY, is_writer ? "another capture writes the spool " + path_ +
                                                  "; each needs a directory of its own"
                                            : "another process ships the spool " + path_ +
                                                  "; one process ships all its groups");
    }
    (is_writer ? writer_lock_ : shipper_lock_) = std::move(file);
}

bool Directory::is_taken(Role role) const
{
    const char* name = role == Role::writer ? identity_file : shipper_file;
    const nflog::FileDescriptor file(openat(directory_.get(), name, O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT)
            return false;
        fail("cannot open '" + std::string(name) + "' in the spool " + path_, errno);
    }
    struct flock lock = whole_file(F_RDLCK);
    if (fcntl(file.get(), F_OFD_GETLK, &lock) < 0)
        fail("cannot query the lock of '" + std::string(name) + "' in the spool " + path_, errno);
    return lock.l_type != F_UNLCK;
}

std::vector<std::uint64_t> Directory::segments() const
{
    std::vector<std::uint64_t> numbers;
    for (const std::string& name : names_in(path_))
        if (const auto number = number_of_index(name))
            numbers.push_back(*number);
    std::ranges::sort(numbers);
    return numbers;
}

std::string Directory::host() const
{
    std::string text = content(shipper_file).value_or("");
    if (text.ends_with('\n'))
        text.pop_back();
    return text;
}

void Directory::set_host(const std::string& host)
{
    // Writes into the existing file instead of replacing it, because this process holds a lock on
    // the file.
    const std::string line = host + "\n";
    if (ftruncate(shipper_lock_.get(), 0) < 0 ||
        pwrite(shipper_lock_.get(), line.data(), line.size(), 0) !=
            static_cast<ssize_t>(line.size()))
        fail("cannot write '" + std::string(shipper_file) + "' in the spool " + path_, errno);
}

Acknowledged Directory::acknowledged() const
{
    Acknowledged acknowledged;
    const std::string text = content(acknowledged_file).value_or("");
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        std::uint16_t group = 0;
        std::uint64_t chunk = 0;
        if (read_number(line, "group", group) && read_number(line, "chunk", chunk))
            acknowledged[group] = chunk;
    }
    return acknowledged;
}

void Directory::set_acknowledged(const Acknowledged& acknowledged)
{
    std::string text;
    for (const auto& [group, chunk] : acknowledged)
        text += "group=" + std::to_string(group) + " chunk=" + std::to_string(chunk) + "\n";
    replace(acknowledged_file, text);
}

std::string Directory::trouble() const
{
    return content(trouble_file).value_or("");
}

void Directory::set_trouble(const std::string& words)
{
    if (!words.empty())
        replace(trouble_file, words);
    else if (unlinkat(directory_.get(), trouble_file, 0) < 0 && errno != ENOENT)
        fail("cannot remove '" + std::string(trouble_file) + "' from the spool " + path_, errno);
}

std::optional<std::string> Directory::content(const char* name) const
{
    const nflog::FileDescriptor file(openat(directory_.get(), name, O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT)
            return {};
        fail("cannot open '" + std::string(name) + "' in the spool " + path_, errno);
    }
    // An upper limit for the file with all groups.
    constexpr std::size_t max_bytes = std::size_t{4} << 20U;
    std::string text;
    constexpr std::size_t part_bytes = 4096;
    std::array<char, part_bytes> part{};
    while (text.size() < max_bytes) {
        const ssize_t count = read(file.get(), part.data(), part.size());
        if (count < 0)
            fail("cannot read '" + std::string(name) + "' in the spool " + path_, errno);
        if (count == 0)
            break;
        text.append(part.data(), static_cast<std::size_t>(count));
    }
    return text;
}

void Directory::replace(const std::string& name, const std::string& content)
{
    const std::string beside = name + ".new";
    const nflog::FileDescriptor file(openat(directory_.get(), beside.c_str(),
                                            O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_only));
    if (file.get() < 0)
        fail("cannot create '" + beside + "' in the spool " + path_, errno);
    const ssize_t count = write(file.get(), content.data(), content.size());
    if (count != static_cast<ssize_t>(content.size()))
        fail("cannot write '" + beside + "' in the spool " + path_, count < 0 ? errno : ENOSPC);
    if (renameat(directory_.get(), beside.c_str(), directory_.get(), name.c_str()) < 0)
        fail("cannot rename '" + beside + "' in the spool " + path_, errno);
}

} // namespace spool
