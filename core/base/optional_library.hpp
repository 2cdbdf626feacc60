// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <memory>
#include <string>

namespace nflog {

// A library that is loaded when it is first needed, so that a program that does not use it can run
// without it. It stays loaded.
class OptionalLibrary {
public:
    struct Description {
        const char* name;    // for people: "zlib"
        const char* file;    // "libz.so.1"
        const char* package; // Debian's name for it: "zlib1g"
    };

    // `failure`: what fails without the library, such as "cannot tap". `alternative`: a text such
    // as ", or do something else", which the error message appends to the advice to install the
    // library. Throws Error (EOPNOTSUPP) if the library cannot be loaded.
    OptionalLibrary(const Description& description, std::string failure,
                    std::string alternative = {});

    // Throws Error (EOPNOTSUPP) if the library has no such function.
    template <typename Function>
    void find(const char* name, Function*& function) const
    {
        function = reinterpret_cast<Function*>(address_of(name));
    }

private:
    [[noreturn]] void refuse() const;
    [[nodiscard]] void* address_of(const char* name) const;

    struct Close {
        void operator()(void* library) const noexcept;
    };

    Description description_;
    std::string failure_;
    std::string alternative_;
    std::unique_ptr<void, Close> library_;
};

} // namespace nflog
