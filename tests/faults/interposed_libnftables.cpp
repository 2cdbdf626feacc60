// SPDX-License-Identifier: GPL-2.0-or-later
// Replacements for libnftables, and for dlopen(), by which the library finds it.
#include "interposed.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <nftables/libnftables.h>

using seam::Fault;
using seam::next;
using seam::strike;

// LeakSanitizer normally ignores memory that the dynamic loader allocates. It recognizes the loader
// as the caller of malloc(), but here the caller is the seam. Therefore LeakSanitizer is disabled
// while a library is loaded.
extern "C" {
[[gnu::weak]] void __lsan_disable();
[[gnu::weak]] void __lsan_enable();
}

namespace {

void* load(void* (*real)(const char*, int), const char* file, int mode)
{
    if (__lsan_disable == nullptr)
        return real(file, mode);
    __lsan_disable();
    void* const library = real(file, mode);
    __lsan_enable();
    return library;
}

} // namespace

// dlopen() of libnftables returns the program itself, so that the library finds the replacements
// below.
DEFINE(void*, dlopen, (const char* file, int mode))
{
    static auto* const real = next(&interposed_dlopen, "dlopen");
    const bool fails = static_cast<bool>(strike("dlopen"));
    const seam::Pass pass;
    if (fails)
        return load(real, "/nonexistent/library.so", mode);
    const bool is_libnftables = file != nullptr && std::strcmp(file, "libnftables.so.1") == 0;
    return load(real, is_libnftables ? nullptr : file, mode);
}

DEFINE(nft_ctx*, nft_ctx_new, (std::uint32_t flags))
{
    static auto* const real = next(&interposed_nft_ctx_new, "nft_ctx_new");
    if (const Fault fault = strike("nft_ctx_new")) {
        errno = fault.error;
        return nullptr;
    }
    const seam::Nftables within;
    return real(flags);
}

FAILS(int, nft_ctx_buffer_error, (nft_ctx * context), (context), "nft_ctx_buffer_error", -1)
FAILS(int, nft_ctx_buffer_output, (nft_ctx * context), (context), "nft_ctx_buffer_output", -1)

DEFINE(int, nft_run_cmd_from_buffer, (nft_ctx * context, const char* commands))
{
    static auto* const real = next(&interposed_nft_run_cmd_from_buffer, "nft_run_cmd_from_buffer");
    const seam::Nftables within;
    return real(context, commands);
}

DEFINE(void, nft_ctx_free, (nft_ctx * context))
{
    static auto* const real = next(&interposed_nft_ctx_free, "nft_ctx_free");
    const seam::Nftables within;
    real(context);
}
