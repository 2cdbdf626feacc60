// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

// The functions that libFuzzer calls, and LLVMFuzzerMutate(), which libFuzzer provides.
extern "C" {

[[gnu::weak]] int LLVMFuzzerInitialize(int* argc, char*** argv); // some targets do not define it
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed);
std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
}
