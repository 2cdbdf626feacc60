// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a target over the inputs in directories, without libFuzzer: replay DIRECTORY ...
#include "libfuzzer.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

void run(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    if (!file)
        throw std::runtime_error("cannot read " + path.string());
    // The input is in a heap block of exactly its size, so that the address sanitizer detects a
    // read beyond it.
    const auto input = std::make_unique<std::uint8_t[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), input.get());
    // If the program crashes, the last printed path is the input that caused it.
    std::fprintf(stderr, "%s\n", path.c_str());
    LLVMFuzzerTestOneInput(input.get(), bytes.size());
}

std::size_t run_all(const std::filesystem::path& directory)
{
    std::size_t inputs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        run(entry.path());
        ++inputs;
    }
    if (inputs == 0)
        throw std::runtime_error("there is no input in " + directory.string());
    return inputs;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        if (argc < 2)
            throw std::runtime_error("no directory of inputs is given");
        if (LLVMFuzzerInitialize != nullptr)
            LLVMFuzzerInitialize(&argc, &argv);
        std::size_t inputs = 0;
        for (int i = 1; i < argc; ++i)
            inputs += run_all(argv[i]);
        std::printf("%zu inputs\n", inputs);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s: %s\n", argv[0], failure.what());
        return 1;
    }
    return 0;
}
