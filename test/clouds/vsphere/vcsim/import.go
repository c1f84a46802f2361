package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// patience is for how long a lease of which nothing is heard holds a machine; a real server has five minutes.
const patience = 2 * time.Second

// leases are those under which machines are made whose disks are being sent.
type leases struct {
	mutex sync.Mutex
	open  map[string]*lease
}

type lease struct {
	machine types.ManagedObjectReference
	last    time.Time
}

var (
	leaseIn       = regexp.MustCompile(`<returnval type="HttpNfcLease">([^<]*)<`)
	targetIn      = regexp.MustCompile(`</spec><folder type="Folder">([^<]*)<`)
	nameIn        = regexp.MustCompile(`<configSpec><name>([^<]*)<`)
	importNotesIn = regexp.MustCompile(`<annotation>([^<]*)<`)
)

// importImage refuses a name that is there already, and gives what is made its notes.
func (r *realistic) importImage(w http.ResponseWriter, request *http.Request, body string) {
	folder, name := first(targetIn, body), first(nameIn, body)
	r.clones.Lock()
	defer r.clones.Unlock()
	if there := named(folder, name); there != nil {
		refuse(w, "The name is taken.", "DuplicateName", "<name>"+html.EscapeString(name)+"</name><object type=\"VirtualMachine\">"+there.Self.Value+"</object>")
		return
	}
	recorder := httptest.NewRecorder()
	r.next.ServeHTTP(recorder, request)
	made := named(folder, name)
	if made != nil {
		made.Config.Annotation = first(importNotesIn, body)
		r.leases.begin(first(leaseIn, recorder.Body.String()), made.Self)
	}
	for key, values := range recorder.Header() {
		w.Header()[key] = values
	}
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(recorder.Body.Bytes())
}

func (l *leases) begin(id string, machine types.ManagedObjectReference) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.open == nil {
		l.open = map[string]*lease{}
	}
	l.open[id] = &lease{machine, time.Now()}
}

// heard keeps a lease, or ends it; what was made under one that is given up is removed.
func (l *leases) heard(method, id string, next http.Handler, request *http.Request) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	held := l.open[id]
	if held == nil {
		return
	}
	held.last = time.Now()
	if method == "HttpNfcLeaseProgress" {
		return
	}
	delete(l.open, id)
	if method == "HttpNfcLeaseAbort" {
		destroy(next, request, held.machine)
	}
}

// holds tells whether a machine is still being made. One of whose lease nothing was heard for long is removed.
func (l *leases) holds(machine string, next http.Handler, request *http.Request) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for id, held := range l.open {
		if held.machine.Value != machine {
			continue
		}
		if time.Since(held.last) < patience {
			return true
		}
		delete(l.open, id)
		destroy(next, request, held.machine)
	}
	return false
}

// destroy asks as whoever made the request would.
func destroy(next http.Handler, request *http.Request, machine types.ManagedObjectReference) {
	asked := request.Clone(request.Context())
	body := fmt.Sprintf(envelope, `<Destroy_Task xmlns="urn:vim25"><_this type="VirtualMachine">`+machine.Value+`</_this></Destroy_Task>`)
	asked.Body = io.NopCloser(strings.NewReader(body))
	asked.ContentLength = int64(len(body))
	next.ServeHTTP(httptest.NewRecorder(), asked)
}
